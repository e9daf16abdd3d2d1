'use strict'

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const {
  createExpressAuthMiddleware,
  createVerifier,
  requireScopes,
  verifyAuth,
  verifyNextAuth,
  withNextAuth,
} = require('logto-authkit')
const { logtoAuth } = require('logto-authkit/hono')
const { Hono } = require('hono')
const { createTestIssuer } = require('logto-authkit/testing')
const { rejection } = require('./support/rejection')
const { startExpress } = require('./support/express-app')

const METADATA = 'https://api.example/.well-known/oauth-protected-resource/mcp'
const NAMED = `resource_metadata="${METADATA}"`

let issuer
let options
before(async () => {
  issuer = await createTestIssuer()
  options = { ...issuer.options, resourceMetadataUrl: METADATA }
})
after(() => issuer.close())

const bearer = (token) => (token === undefined ? {} : { authorization: `Bearer ${token}` })

/** Rows: [what is refused, the token, options, status, the challenge]. */
const ROWS = [
  ['no token', () => undefined, {}, 401, `Bearer ${NAMED}`],
  [
    'a bad token',
    () => 'noise',
    {},
    401,
    `Bearer error="invalid_token", error_description="Token verification failed: Invalid JWT format", ${NAMED}`,
  ],
  [
    'an opaque token',
    () => 'pat_PvP8JVpbDBSsOGlyMBBsHyE9VO9XNo1v',
    {},
    401,
    'Bearer error="invalid_token", error_description="Token verification failed: Invalid JWT format ' +
      `(personal access token: exchange it for an access token)", ${NAMED}`,
  ],
  [
    'a token for another resource',
    () => issuer.issueToken({ aud: 'https://other.example' }),
    {},
    401,
    `Bearer error="invalid_token", error_description="Token verification failed: Invalid audience", ${NAMED}`,
  ],
  [
    'a token without the scopes',
    () => issuer.issueToken({ scope: 'read' }),
    { requiredScope: 'read write' },
    403,
    'Bearer error="insufficient_scope", error_description="Token verification failed: Missing required scope: write", ' +
      `scope="read write", ${NAMED}`,
  ],
  ['a token of another client', () => issuer.issueToken(), { clientId: 'other' }, 403, null],
  ['a token that a check refuses', () => issuer.issueToken(), { check: async () => false }, 403, null],
  ['any token in an outage', () => issuer.issueToken(), { jwksUri: 'http://127.0.0.1:9/jwks' }, 503, null],
]

describe('with resourceMetadataUrl, the challenge names it to', () => {
  for (const [what, tokenOf, changes, status, challenge] of ROWS) {
    const expected = [status, challenge]

    test(`${what}: ${challenge === null ? 'there is none' : 'in the error and in every response'}`, async (t) => {
      const token = tokenOf()
      const all = { ...options, ...changes }
      const request = new Request('https://app.example/', { headers: bearer(token) })
      const seen = ({ status, headers }) => [status, new Headers(headers).get('WWW-Authenticate')]

      const error = await rejection(verifyAuth(request, all))
      assert.deepEqual(seen(error), expected)
      assert.equal(error.resourceMetadataUrl, challenge === null ? undefined : METADATA)
      assert.deepEqual(seen(await rejection(createVerifier(all).verify(request))), expected)
      assert.deepEqual(seen(await verifyNextAuth(request, all)), expected)
      assert.deepEqual(seen(await verifyNextAuth(request, { ...all, allowGuest: true })), expected)
      assert.deepEqual(seen(await withNextAuth(() => assert.fail('let in'), all)(request)), expected)

      const hono = new Hono().get('/', logtoAuth(all), () => assert.fail('let in'))
      assert.deepEqual(seen(await hono.request('https://app.example/', { headers: bearer(token) })), expected)

      const app = await startExpress((app) => app.use(createExpressAuthMiddleware(all)))
      t.after(app.close)
      assert.deepEqual(seen(await app.get('/', bearer(token))), expected)
    })
  }

  test('a token that verifySync refuses', async () => {
    const seen = []
    const verifier = createVerifier({ ...options, onError: ({ headers }) => seen.push(headers['WWW-Authenticate']) })
    assert.throws(() => verifier.verifySync(''), { headers: { 'WWW-Authenticate': `Bearer ${NAMED}` } })
    assert.deepEqual(seen, [`Bearer ${NAMED}`])
  })

  test('a user whose scopes a handler of withNextAuth refuses', async () => {
    const route = withNextAuth((_request, auth) => requireScopes(auth, 'write'), options)
    const response = await route(new Request('https://app.example/', { headers: bearer(issuer.issueToken()) }))
    assert.equal(response.status, 403)
    assert.match(response.headers.get('WWW-Authenticate'), /scope="write", resource_metadata="https:/)
  })
})

describe('a challenge', () => {
  test('names no metadata without the option, nor where the option is undefined', async () => {
    for (const own of [issuer.options, { ...options, resourceMetadataUrl: undefined }]) {
      assert.deepEqual((await rejection(verifyAuth({}, own))).headers, { 'WWW-Authenticate': 'Bearer' })
    }
  })

  test('is what the options say now, where they have changed', async () => {
    const own = { ...options }
    assert.equal((await rejection(verifyAuth({}, own))).resourceMetadataUrl, METADATA)
    delete own.resourceMetadataUrl
    assert.equal((await rejection(verifyAuth({}, own))).resourceMetadataUrl, undefined)
  })

  const ESCAPED = {
    'https://api.example/a"b': 'https://api.example/a%22b',
    'https://api.example/?a"b': 'https://api.example/?a%22b',
    'https://api.example/?a\\"b': 'https://api.example/?a%5C%22b',
    'https://api.example/a\r\nSet-Cookie:b': 'https://api.example/aSet-Cookie:b',
    'https://api.example/\u0001\u00e9\u{1f600}': 'https://api.example/%01%C3%A9%F0%9F%98%80',
    'https://b\u00fccher.example': 'https://xn--bcher-kva.example/',
  }
  for (const [url, escaped] of Object.entries(ESCAPED)) {
    test(`quotes the URL ${JSON.stringify(url)} so that nothing of it leaves the quotes`, async () => {
      const { headers } = await rejection(verifyAuth({}, { ...options, resourceMetadataUrl: url }))
      assert.deepEqual(headers, { 'WWW-Authenticate': `Bearer resource_metadata="${escaped}"` })
    })
  }

  test('keeps a message that the app has changed within its quotes', async () => {
    const error = await rejection(verifyAuth('noise', options))
    error.message = 'nein", realm="x\\\r\nSet-Cookie: a=b; \u{1f600}'
    const described = 'error_description="nein?, realm=?x???Set-Cookie: a=b; ??"'
    const expected = `Bearer error="invalid_token", ${described}, ${NAMED}`
    assert.equal(error.headers['WWW-Authenticate'], expected)
    assert.equal(new Headers(error.headers).get('WWW-Authenticate'), expected)
  })
})
