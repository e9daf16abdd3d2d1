'use strict'

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')
const jose = require('jose')
const {
  createExpressAuthMiddleware,
  createRevocationList,
  createVerifier,
  createWebhookHandler,
  verifyAuth,
} = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')
const { runNode, verifyInChild } = require('./support/child')
const { startExpress } = require('./support/express-app')
const { rejection } = require('./support/rejection')

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

const startIssuer = async (t, options) => {
  const issuer = await createTestIssuer(options)
  t.after(issuer.close)
  return issuer
}

const codeOf = async (token, options) => (await rejection(verifyAuth(token, options))).code

describe('a test issuer', { timeout: 60_000 }, () => {
  for (const alg of ALGORITHMS) {
    test(`signs with ${alg} tokens that this package and jose accept`, async (t) => {
      const issuer = await startIssuer(t, { alg })
      const token = issuer.issueToken({ scope: 'read:things' })
      const { payload } = await verifyAuth(token, { ...issuer.options, requiredScope: 'read:things' })
      const keys = jose.createRemoteJWKSet(new URL(`${issuer.issuer}/jwks`))
      const { audience, issuer: iss } = issuer
      const verified = await jose.jwtVerify(token, keys, { audience, issuer: iss, algorithms: [alg], typ: 'at+jwt' })
      assert.deepEqual(payload, verified.payload)
    })
  }

  test('stands in for a tenant of an Express app', async (t) => {
    const issuer = await startIssuer(t)
    const app = await startExpress((app) => {
      app.get('/', createExpressAuthMiddleware({ ...issuer.options, requiredScope: 'read:things' }))
      app.get('/', (req, res) => res.json(req.auth.userId))
    })
    t.after(app.close)
    const get = async (token) => (await app.get('/', { authorization: `Bearer ${token}` })).status
    assert.equal(await get(issuer.issueToken({ scope: 'read:things' })), 200)
    assert.equal(await get(issuer.issueToken({ scope: 'read:things', expiresIn: -1 })), 401)
    await issuer.goDown()
    assert.equal(await get(issuer.issueToken({ scope: 'read:things' })), 503)
  })

  test('makes tokens with the header and claims of Logto’s tokens, and a lifetime of an hour', async (t) => {
    const issuer = await startIssuer(t)
    const token = issuer.issueToken()
    const header = jose.decodeProtectedHeader(token)
    assert.deepEqual(Object.entries(header), Object.entries({ alg: 'ES384', typ: 'at+jwt', kid: header.kid }))
    const { payload } = await verifyAuth(token, { ...issuer.options, tokenType: 'at+jwt' })
    assert.deepEqual(Object.keys(payload), ['jti', 'sub', 'iat', 'exp', 'scope', 'client_id', 'iss', 'aud'])
    const { sub, scope, iss, aud } = payload
    assert.deepEqual([sub, scope, iss, aud], ['user-1', '', `${issuer.logtoUrl}/oidc`, 'https://api.example.com'])
    assert.equal(payload.exp - payload.iat, 3_600)
    assert.notEqual(jose.decodeJwt(issuer.issueToken()).jti, payload.jti)
  })

  test('puts any claim into a token, and leaves out those that are undefined', async (t) => {
    const issuer = await startIssuer(t, { audience: 'https://api.example.org' })
    const claimsOf = (token) => jose.decodeJwt(issuer.issueToken(token))
    const { sub, scope, aud, organization_id } = claimsOf({ sub: 'ann', scope: 'a b', organization_id: 'org-1' })
    assert.deepEqual([sub, scope, aud, organization_id], ['ann', 'a b', 'https://api.example.org', 'org-1'])
    assert.deepEqual(claimsOf({ audience: ['a', 'b'] }).aud, ['a', 'b'])
    for (const claim of ['jti', 'sub', 'iat', 'exp', 'client_id', 'iss', 'aud']) {
      assert.ok(!Object.hasOwn(claimsOf({ [claim]: undefined }), claim), claim)
    }
    assert.ok(!Object.hasOwn(claimsOf({ scope: undefined }), 'scope'))
  })

  describe('makes each kind of token that Logto issues', () => {
    const OF_USER = { sub: 'user-1', scope: '', client_id: 'app-1', aud: 'https://api.example.com' }
    /** [the kind, what issueToken gets, the claims that differ in kind]. */
    const KINDS = [
      ['plain', {}, OF_USER],
      ['within an organization', { organization: 'org-1' }, { ...OF_USER, organization_id: 'org-1' }],
      ['for an organization', { organizationToken: 'org-1' }, { ...OF_USER, aud: 'urn:logto:organization:org-1' }],
      ['with an actor', { actor: 'support-1' }, { ...OF_USER, act: { sub: 'support-1' } }],
      [
        'with an actor, within an organization',
        { actor: 'support-1', organization: 'org-1' },
        { ...OF_USER, act: { sub: 'support-1' }, organization_id: 'org-1' },
      ],
      ['of a machine', { machine: true }, { sub: 'app-1', client_id: 'app-1', aud: OF_USER.aud }],
      ['of a named machine', { machine: true, sub: 'job-1' }, { sub: 'job-1', client_id: 'job-1', aud: OF_USER.aud }],
      [
        'of a machine with scopes, within an organization',
        { machine: true, client_id: 'job-1', scope: 'a b', organization: 'org-1' },
        { sub: 'job-1', scope: 'a b', client_id: 'job-1', aud: OF_USER.aud, organization_id: 'org-1' },
      ],
      [
        'of no kind in particular, where each option is undefined or false',
        { machine: false, organization: undefined, organizationToken: undefined, actor: undefined },
        OF_USER,
      ],
    ]
    for (const [kind, token, expected] of KINDS) {
      test(kind, async (t) => {
        const issuer = await startIssuer(t)
        const { jti, iat, exp, iss, ...claims } = jose.decodeJwt(issuer.issueToken(token))
        assert.deepEqual(Object.entries(claims), Object.entries(expected))
        assert.equal(iss, issuer.issuer)
      })
    }

    test('and no kind that contradicts itself', async (t) => {
      const issuer = await startIssuer(t)
      const WRONG = [
        ['audience', { organizationToken: 'org-1', audience: 'a' }],
        ['organization', { organizationToken: 'org-1', organization: 'org-1' }],
        ['machine', { machine: true, sub: 'a', client_id: 'b' }],
        ['machine', { machine: 'job-1' }],
        ...['organization', 'organizationToken', 'actor'].flatMap((name) =>
          ['', null, 5, true, ['a']].map((value) => [name, { [name]: value }]),
        ),
      ]
      for (const [option, token] of WRONG) {
        assert.throws(() => issuer.issueToken(token), {
          code: 'options_invalid',
          message: new RegExp(`^Invalid option ${option}: `),
        })
      }
    })
  })

  test('leaves the scope out of a machine’s token that has none, and lets a user’s be empty', async (t) => {
    const issuer = await startIssuer(t)
    const scopeOf = (token) => jose.decodeJwt(issuer.issueToken(token)).scope
    const machine = { sub: 'machine-1', client_id: 'machine-1' }
    assert.deepEqual([scopeOf(machine), scopeOf({ ...machine, scope: '' })], [undefined, undefined])
    assert.deepEqual([scopeOf({ ...machine, scope: 'read' }), scopeOf({})], ['read', ''])
  })

  const REFUSED = {
    'has expired': [{ expiresIn: -1 }, 'token_expired'],
    'expires now': [{ expiresIn: 0 }, 'token_expired'],
    'is for another API': [{ audience: 'https://other.example' }, 'audience_invalid'],
    'is of another issuer': [{ iss: 'https://auth.example/oidc' }, 'issuer_invalid'],
    'is not valid yet': [{ nbf: 4_000_000_000 }, 'token_not_yet_valid'],
    'has no expiry': [{ exp: undefined }, 'claim_invalid'],
    'has the type of another token': [{ header: { typ: 'id+jwt' } }, 'claim_invalid'],
    'names a key that is not there': [{ header: { kid: 'another' } }, 'key_not_found'],
  }
  for (const [name, [token, code]] of Object.entries(REFUSED)) {
    test(`makes a token that ${name}, which is refused with ${code}`, async (t) => {
      const issuer = await startIssuer(t)
      assert.equal(await codeOf(issuer.issueToken(token), issuer.options), code)
    })
  }

  test('delivers a webhook as Logto does, signed and dated, which revokes what it says', async (t) => {
    const issuer = await startIssuer(t)
    const revocations = createRevocationList()
    const signingKey = issuer.webhookSigningKey
    const handler = createWebhookHandler({ signingKey, revocations, maxAgeMs: 60_000 })
    const deliver = (event) => handler(new Request('http://app.example/webhook', issuer.webhook(event)))
    const options = { ...issuer.options, revocations }
    const token = issuer.issueToken({ sub: 'ada' })
    assert.equal((await deliver({ event: 'User.Created', data: { id: 'ada' } })).status, 204)
    assert.equal((await verifyAuth(token, options)).userId, 'ada')
    assert.equal((await deliver({ event: 'User.Deleted', data: { id: 'ada' } })).status, 204)
    assert.equal((await rejection(verifyAuth(token, options))).code, 'token_revoked')
    const old = { event: 'User.Deleted', createdAt: '2020-01-01T00:00:00.000Z', data: { id: 'bob' } }
    assert.equal((await deliver(old)).status, 401)
    for (const wrong of [undefined, null, 'User.Deleted', {}, { event: 5 }]) {
      assert.throws(() => issuer.webhook(wrong), /Invalid option event/)
    }
  })

  test('rotates its keys as Logto does: the previous key stays good, the one before it goes', async (t) => {
    const issuer = await startIssuer(t)
    const tokens = []
    for (let round = 0; round < 4; round += 1) {
      tokens.unshift(issuer.issueToken())
      const [current, previous, ...older] = tokens
      assert.equal((await verifyAuth(current, issuer.options)).userId, 'user-1')
      if (previous !== undefined) await verifyAuth(previous, issuer.options)
      for (const token of older) assert.equal(await codeOf(token, issuer.options), 'key_not_found')
      await issuer.rotateKeys()
    }
    const { keys } = await (await fetch(`${issuer.issuer}/jwks`)).json()
    assert.equal(new Set(keys.map(({ kid }) => kid)).size, 2)
  })

  test('withdraws the previous key if told to, with effect at once', async (t) => {
    const issuer = await startIssuer(t)
    for (let round = 0; round < 3; round += 1) {
      const old = issuer.issueToken()
      await verifyAuth(old, issuer.options)
      await issuer.rotateKeys({ withdraw: true })
      assert.equal(await codeOf(old, issuer.options), 'key_not_found')
      assert.equal((await verifyAuth(issuer.issueToken(), issuer.options)).userId, 'user-1')
    }
  })

  test('publishes its keys as Logto does', async (t) => {
    const MEMBERS = {
      ES384: ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
      RS256: ['e', 'kid', 'kty', 'n', 'use'],
      PS512: ['e', 'kid', 'kty', 'n', 'use'],
    }
    for (const [alg, members] of Object.entries(MEMBERS)) {
      const issuer = await startIssuer(t, { alg })
      const response = await fetch(`${issuer.issuer}/jwks`)
      const { 'content-type': type, 'cache-control': cache } = Object.fromEntries(response.headers)
      assert.deepEqual([type, cache], ['application/jwk-set+json; charset=utf-8', 'no-cache, max-age=0'])
      const [jwk] = (await response.json()).keys
      assert.deepEqual([Object.keys(jwk).sort(), jwk.use], [members, 'sig'], alg)
    }
  })

  describe('dates its tokens by the real clock', () => {
    const LONG_AGO = 1_000_000_000_000

    test('where a test has faked the time', async (t) => {
      const issuer = await startIssuer(t)
      const before = Math.floor(Date.now() / 1_000)
      t.mock.timers.enable({ apis: ['Date', 'setTimeout', 'setInterval', 'setImmediate'], now: LONG_AGO })
      const { iat, exp } = jose.decodeJwt(issuer.issueToken())
      const token = issuer.issueToken()
      t.mock.timers.reset()
      assert.ok(iat >= before && iat <= Date.now() / 1_000, `${iat}`)
      assert.equal(exp - iat, 3_600)
      await verifyAuth(token, issuer.options)
    })

    test('where the time was faked before the package was loaded', async () => {
      const { stdout } = await runNode([
        '-e',
        `globalThis.Date = class extends Date {
           constructor(...args) { super(...(args.length > 0 ? args : [${LONG_AGO}])) }
           static now() { return ${LONG_AGO} }
         }
         performance.now = () => 0
         process.hrtime = Object.assign(() => [0, 0], { bigint: () => 0n })
         const { createTestIssuer } = require('logto-authkit/testing')
         createTestIssuer().then((issuer) => console.log(issuer.issueToken()))`,
      ])
      const { iat } = jose.decodeJwt(stdout.trim())
      assert.ok(Math.abs(iat - Date.now() / 1_000) < 60, `${iat}`)
    })
  })

  test('goes down and comes up again, with effect at once, and both may be repeated', async (t) => {
    const issuer = await startIssuer(t)
    const token = issuer.issueToken()
    const verifier = createVerifier(issuer.options)
    await verifier.verify(token)
    for (let round = 0; round < 3; round += 1) {
      await issuer.goDown()
      await issuer.goDown()
      const { code, status } = await rejection(verifier.verify(token))
      assert.deepEqual([code, status], ['jwks_unavailable', 503])
      await issuer.goUp()
      await issuer.goUp()
      await verifier.verify(token)
    }
    await issuer.close()
    assert.equal((await rejection(verifier.verify(token))).code, 'jwks_unavailable')
  })

  test('serves an app in another process', async (t) => {
    const issuer = await startIssuer(t)
    assert.deepEqual(await verifyInChild(issuer.issueToken(), issuer.options), { userId: 'user-1' })
    const { code } = await verifyInChild(issuer.issueToken({ expiresIn: -1 }), issuer.options)
    assert.equal(code, 'token_expired')
  })

  test('has a discovery document, and answers 404 for anything else', async (t) => {
    const { logtoUrl, issuer } = await startIssuer(t)
    const document = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()
    assert.deepEqual(document, { issuer, jwks_uri: `${issuer}/jwks` })
    for (const path of ['/', '/oidc', '/__proto__', '/constructor']) {
      assert.equal((await fetch(logtoUrl + path)).status, 404, path)
    }
  })

  test('does not keep a process alive, imported and required, even with a connection open', async () => {
    const use = `
      const issuer = await createTestIssuer()
      const { userId } = await verifyAuth(issuer.issueToken({ sub: 'ann' }), issuer.options)
      await (await fetch(issuer.issuer + '/jwks')).text()
      console.log(userId)`
    const imported = `
      import { verifyAuth } from 'logto-authkit'
      import { createTestIssuer } from 'logto-authkit/testing'
      ${use}`
    const required = `
      const { verifyAuth } = require('logto-authkit')
      const { createTestIssuer } = require('logto-authkit/testing')
      async function main() {${use}}
      main()`
    const runs = [runNode(['--input-type=module', '-e', imported]), runNode(['-e', required])]
    for (const { stdout } of await Promise.all(runs)) assert.equal(stdout, 'ann\n')
  })

  const WRONG = {
    algo: [{ algo: 'ES384' }, /^Invalid option algo: there is no such option$/],
    alg: [{ alg: 'HS256' }, /^Invalid option alg: none of RS256, .*Ed25519$/],
    audience: [{ audience: '' }, /^Invalid option audience: /],
  }
  for (const [option, [options, message]] of Object.entries(WRONG)) {
    test(`refuses a wrong ${option}, by name`, async () => {
      const error = await rejection(createTestIssuer(options))
      assert.equal(error.code, 'options_invalid')
      assert.match(error.message, message)
    })
  }

  test('refuses a lifetime that is no number, and an unknown option of a rotation', async (t) => {
    const issuer = await startIssuer(t)
    assert.throws(() => issuer.issueToken({ expiresIn: '1h' }), /^AuthError: Invalid option expiresIn: /)
    for (const options of [{ keepPrevious: true }, { withdraw: 'yes' }]) {
      assert.equal((await rejection(issuer.rotateKeys(options))).code, 'options_invalid')
    }
  })
})
