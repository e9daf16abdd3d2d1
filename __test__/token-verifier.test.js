'use strict'

const assert = require('node:assert/strict')
const { writeFile, mkdir, rm } = require('node:fs/promises')
const { join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { AuthError, createExpressAuthMiddleware, principalOf, requireScopes, verifyAuth } = require('logto-authkit')
const { authInfoOf, tokenVerifier } = require('logto-authkit/mcp')
const { createTestIssuer } = require('logto-authkit/testing')
const { requireBearerAuth } = require('@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js')
const sdkErrors = require('@modelcontextprotocol/sdk/server/auth/errors.js')
const { runNode } = require('./support/child')
const { startExpress } = require('./support/express-app')

const RESOURCE = 'https://api.example/mcp'
const METADATA = 'https://api.example/.well-known/oauth-protected-resource/mcp'

let issuer
let options
before(async () => {
  issuer = await createTestIssuer({ audience: RESOURCE })
  options = issuer.options
})
after(() => issuer.close())

const bearer = (token) => ({ authorization: `Bearer ${token}` })

describe('tokenVerifier', () => {
  test('gives the AuthInfo of the MCP SDK, with the context of the user', async () => {
    const token = issuer.issueToken({ scope: 'notes:read notes:write', client_id: 'https://client.example/metadata' })
    const { extra, ...info } = await tokenVerifier(options).verifyAccessToken(token)
    const { exp } = extra.payload
    assert.deepEqual(info, {
      token,
      clientId: 'https://client.example/metadata',
      scopes: ['notes:read', 'notes:write'],
      expiresAt: exp,
      resource: new URL(RESOURCE),
    })
    assert.deepEqual(extra, await verifyAuth(token, options))
    requireScopes(extra, 'notes:write')
    assert.equal(principalOf(extra).userId, 'user-1')
  })

  /** Rows: [what the token says, its aud, the audience of the options, the resource]. */
  const AUDIENCES = [
    ['one of several accepted', 'https://b.example', ['https://a.example', 'https://b.example'], 'https://b.example/'],
    ['several, one accepted', ['https://c.example', 'https://b.example'], 'https://b.example', 'https://b.example/'],
    [
      'several that are accepted',
      ['https://a.example', 'https://b.example'],
      ['https://b.example', 'https://a.example'],
    ],
    ['none that is a URL', 'notes', 'notes'],
    ['a URN', 'urn:notes', 'urn:notes', 'urn:notes'],
  ]
  for (const [what, aud, audience, resource] of AUDIENCES) {
    test(`names as resource the audience that was accepted, where it is clear: ${what}`, async () => {
      const info = await tokenVerifier({ ...options, audience }).verifyAccessToken(issuer.issueToken({ aud }))
      assert.equal(info.resource?.href, resource)
      assert.equal(Object.hasOwn(info, 'resource'), resource !== undefined)
    })
  }

  test('names the audience of an organization token', async () => {
    const { audience: _, ...others } = options
    const verifier = tokenVerifier({ ...others, organization: 'org-1' })
    const info = await verifier.verifyAccessToken(issuer.issueToken({ aud: 'urn:logto:organization:org-1' }))
    assert.equal(info.resource.href, 'urn:logto:organization:org-1')
  })

  test('reads its options when it is made', () => {
    assert.throws(() => tokenVerifier({ ...options, audience: undefined }), {
      code: 'options_invalid',
      message: /audience/,
    })
    assert.throws(() => tokenVerifier({ ...options, requiredScopes: 'a' }), { message: /requiredScopes/ })
    assert.throws(() => tokenVerifier(undefined), { code: 'options_invalid' })
  })

  test('gives no AuthInfo of a guest', async () => {
    const verifier = tokenVerifier({ ...options, allowGuest: true })
    assert.ok((await reasonOf(verifier.verifyAccessToken('noise'))) instanceof sdkErrors.InvalidTokenError)
  })

  test('takes nothing but a string: a request may carry a cookie', async () => {
    const token = issuer.issueToken()
    for (const value of [undefined, null, '', { headers: bearer(token) }, { cookies: { logto_authtoken: token } }]) {
      const error = await reasonOf(tokenVerifier(options).verifyAccessToken(value))
      assert.equal(error.cause.code, 'token_missing')
    }
  })

  test('tells onError of a refusal, and lets an error of the app be one', async () => {
    const seen = []
    const mistake = new Error('a mistake in check')
    const check = () => {
      throw mistake
    }
    const verifier = tokenVerifier({ ...options, check, onError: (...args) => seen.push(args) })
    const error = await reasonOf(verifier.verifyAccessToken('noise'))
    assert.deepEqual(seen, [[error.cause]])
    assert.equal(await reasonOf(verifier.verifyAccessToken(issuer.issueToken())), mistake)
  })

  /** Refusals. Rows: [the token, options, the SDK's answer: status, error; the code of the cause]. */
  const REFUSALS = {
    'a bad token': [() => 'noise', {}, 401, 'invalid_token', 'token_malformed'],
    'an expired token': [() => issuer.issueToken({ expiresIn: -1 }), {}, 401, 'invalid_token', 'token_expired'],
    'a token for another resource': [
      () => issuer.issueToken({ aud: 'https://other.example' }),
      {},
      401,
      'invalid_token',
      'audience_invalid',
    ],
    'a missing scope': [
      () => issuer.issueToken({ scope: 'a' }),
      { requiredScope: 'b' },
      403,
      'insufficient_scope',
      'scope_missing',
    ],
    'another client': [() => issuer.issueToken(), { clientId: 'x' }, 403, 'access_denied', 'client_invalid'],
    'no organization': [
      () => issuer.issueToken(),
      { organization: true },
      403,
      'access_denied',
      'organization_invalid',
    ],
    'an outage': [
      () => issuer.issueToken(),
      { jwksUri: 'http://127.0.0.1:9' },
      500,
      'server_error',
      'jwks_unavailable',
    ],
  }
  for (const [what, [tokenOf, changes, status, error, code]] of Object.entries(REFUSALS)) {
    test(`has requireBearerAuth of the SDK answer ${what} with ${status}, ${error}`, async (t) => {
      const causes = []
      const verifier = tokenVerifier({ ...options, ...changes, onError: (cause) => causes.push(cause) })
      const app = await startExpress((app) => app.use(requireBearerAuth({ verifier, resourceMetadataUrl: METADATA })))
      t.after(app.close)
      const response = await app.get('/', bearer(tokenOf()))
      assert.equal(response.status, status)
      const [cause] = causes
      assert.equal(cause.code, code)
      assert.deepEqual(await response.json(), { error, error_description: cause.message })
      const challenge = response.headers.get('WWW-Authenticate')
      const described = `Bearer error="${error}", error_description="${cause.message}", resource_metadata="${METADATA}"`
      assert.equal(challenge, status === 500 ? null : described)
    })
  }

  test('has requireBearerAuth let a good token in, which expectedResource finds to be for it', async (t) => {
    const verifier = tokenVerifier(options)
    const app = await startExpress((app) => {
      app.use(requireBearerAuth({ verifier, requiredScopes: ['a'], expectedResource: new URL(RESOURCE) }))
      app.get('/', (req, res) => res.json(req.auth.extra.userId))
    })
    t.after(app.close)
    const response = await app.get('/', bearer(issuer.issueToken({ scope: 'a' })))
    assert.equal(await response.json(), 'user-1')
  })

  test('has requireBearerAuth of the SDK’s ES modules answer as that of its CommonJS modules', async () => {
    const status = await runScript(`
      import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
      import { tokenVerifier } from 'logto-authkit/mcp'
      const verifier = tokenVerifier(${JSON.stringify(options)})
      const req = { headers: { authorization: 'Bearer noise' } }
      const res = { set() {}, status: (code) => ({ json: ({ error }) => console.log(code, error) }) }
      requireBearerAuth({ verifier })(req, res)`)
    assert.equal(status, '401 invalid_token')
  })

  test('rejects with the errors that it was given, as an app needs that has bundled the SDK', async () => {
    class InvalidTokenError extends Error {}
    class InsufficientScopeError extends Error {}
    class ServerError extends Error {}
    const errors = { InvalidTokenError, InsufficientScopeError, ServerError }
    const refusal = (token, changes) =>
      reasonOf(tokenVerifier({ ...options, ...changes }, errors).verifyAccessToken(token))
    const token = issuer.issueToken()
    assert.ok((await refusal('noise', {})) instanceof InvalidTokenError)
    assert.ok((await refusal(token, { requiredScope: 'b' })) instanceof InsufficientScopeError)
    assert.ok((await refusal(token, { jwksUri: 'http://127.0.0.1:9' })) instanceof ServerError)
  })

  test('rejects with a neutral ServerError where the app is set up wrongly, which stderr is told', async () => {
    const script = `
      import { createVerifier } from 'logto-authkit'
      import { tokenVerifier } from 'logto-authkit/mcp'
      const said = []
      console.error = (...args) => said.push(args.join(' '))
      const options = { ...${JSON.stringify(options)}, check: () => createVerifier({}) }
      await tokenVerifier(options).verifyAccessToken('${issuer.issueToken()}').catch((error) => {
        console.log(error.name, error.cause.code, error.message)
        console.log(said.length, /answers 500/.test(said[0]), said[0].includes(error.cause.message))
      })`
    const told = ['ServerError options_invalid The server cannot authenticate requests', '1 true true']
    assert.deepEqual((await runScript(script)).split('\n'), told)
  })

  test('rejects with the AuthError itself where the SDK is not installed', async () => {
    const name = await runScript(`
      import Module from 'node:module'
      const hide = \`export const resolve = (name, context, next) => {
        if (name.startsWith('@modelcontextprotocol/')) throw new Error('not installed')
        return next(name, context)
      }\`
      const resolveFilename = Module._resolveFilename
      Module._resolveFilename = (name, ...rest) => {
        if (name.startsWith('@modelcontextprotocol/')) throw new Error('not installed')
        return resolveFilename(name, ...rest)
      }
      Module.register('data:text/javascript,' + encodeURIComponent(hide))
      const { tokenVerifier } = await import('logto-authkit/mcp')
      await tokenVerifier(${JSON.stringify(options)}).verifyAccessToken('noise').catch(({ name }) => console.log(name))`)
    assert.equal(name, 'AuthError')
  })
})

describe('authInfoOf', () => {
  test('gives the AuthInfo of a token, or of a request', async () => {
    const token = issuer.issueToken({ scope: 'a' })
    const auth = await verifyAuth(token, options)
    const expected = await tokenVerifier(options).verifyAccessToken(token)
    const request = new Request('https://api.example/mcp', { headers: bearer(token) })
    for (const source of [token, request, { headers: bearer(token) }]) {
      assert.deepEqual(authInfoOf(auth, source), expected)
    }
    assert.equal(authInfoOf(auth, token).extra, auth)
  })

  test('gives nothing of a guest and of nobody', async () => {
    const guest = await verifyAuth({}, { ...options, allowGuest: true })
    for (const auth of [guest, null, undefined, {}, 'user-1'])
      assert.equal(authInfoOf(auth, issuer.issueToken()), undefined)
  })

  test('names no resource where the token has several audiences', async () => {
    const token = issuer.issueToken({ aud: [RESOURCE, 'https://b.example'] })
    assert.equal(authInfoOf(await verifyAuth(token, options), token).resource, undefined)
  })

  test('refuses a token that is not the verified one, as beside a cookie, and says what to do', async () => {
    const token = issuer.issueToken()
    const auth = await verifyAuth(token, options)
    const others = [issuer.issueToken({ sub: 'user-2' }), 'noise', 'a.b.c', '', undefined, { headers: {} }]
    for (const other of [...others, { cookies: { logto_authtoken: token } }]) {
      assert.throws(() => authInfoOf(auth, other), { code: 'options_invalid', message: /^Invalid option tokenFrom: / })
    }
  })

  test('never hands a token of the header to a tool beside the user of a cookie', async (t) => {
    const app = await startExpress((app) => {
      app.use(createExpressAuthMiddleware(options))
      app.get('/', (req, res) => res.json(authInfoOf(req.auth, req).token))
    })
    t.after(app.close)
    const cookie = `logto_authtoken=${issuer.issueToken({ sub: 'user-2' })}`
    assert.equal((await app.get('/', { ...bearer(issuer.issueToken()), cookie })).status, 599)
    assert.ok(app.errors[0] instanceof AuthError)
  })
})

/** What a promise rejects with. */
function reasonOf(promise) {
  return promise.then(
    () => assert.fail('it was accepted'),
    (reason) => reason,
  )
}

/** The output of an ES module that runs within the package. */
async function runScript(code, env) {
  const folder = join(__dirname, '../target')
  const file = join(folder, `token-verifier-${process.pid}-${Math.random()}.mjs`)
  await mkdir(folder, { recursive: true })
  await writeFile(file, code)
  try {
    return (await runNode([file], { env })).stdout.trim()
  } finally {
    await rm(file)
  }
}
