'use strict'

const { createPublicKey } = require('node:crypto')
const jose = require('jose')
const { invalidateJwksCache } = require('logto-authkit')
const { startLoopback } = require('../../js/testing/loopback')

/**
 * A tenant on loopback, for tests that need more than `createTestIssuer` gives. Its tokens are signed by jose.
 *
 * A test may change `keys`. `answer`, if it is set, replaces the response to a request for the keys.
 */
async function startTenant({ alg = 'ES384', audience = 'https://api.example.com' } = {}) {
  const tenant = { audience, keys: [await createKey(alg)], fetches: 0, answer: undefined }

  const server = await startLoopback((req, res) => {
    tenant.fetches += 1
    if (tenant.answer) return tenant.answer(req, res)
    res.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: tenant.keys.map((key) => key.jwk) }))
  })
  const logtoUrl = server.origin
  // An earlier server may have had the same port, and the cache remembers its keys or failures.
  invalidateJwksCache(logtoUrl)

  return Object.assign(tenant, {
    logtoUrl,
    issuer: `${logtoUrl}/oidc`,
    options: { logtoUrl, audience },
    goUp: server.goUp,
    goDown: server.goDown,
    close: server.goDown,
    claims: (changes) => claimsOf(tenant, changes),
    /** A token. `claims` and `header` change the usual members; `undefined` removes a member. */
    issue: ({ claims = {}, header = {}, key = tenant.keys[0] } = {}) =>
      new jose.SignJWT(claimsOf(tenant, claims))
        .setProtectedHeader(withoutUndefined({ alg: key.alg, typ: 'at+jwt', kid: key.jwk.kid, ...header }))
        .sign(key.privateKey),
  })
}

/** A key pair, with the JWK that a tenant publishes. */
async function createKey(alg, jwkChanges = {}) {
  const crv = alg === 'EdDSA' ? { crv: 'Ed25519' } : {}
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true, ...crv })
  // exportJWK is avoided: Node.js 20 can hang if it exports a key as a JWK while the key's generator is collected.
  const jwk = createPublicKey(await jose.exportSPKI(publicKey)).export({ format: 'jwk' })
  const kid = await jose.calculateJwkThumbprint(jwk)
  return { alg, privateKey, jwk: { ...jwk, kid, alg, use: 'sig', ...jwkChanges } }
}

function claimsOf(tenant, changes) {
  const now = Math.floor(Date.now() / 1000)
  return withoutUndefined({
    iss: tenant.issuer,
    aud: tenant.audience,
    sub: 'user-1',
    scope: 'read:things write:things',
    client_id: 'app-1',
    jti: 'token-1',
    iat: now,
    exp: now + 3600,
    ...changes,
  })
}

function withoutUndefined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}

module.exports = { createKey, startTenant }
