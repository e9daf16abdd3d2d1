'use strict'

const { createServer } = require('node:http')
const { once } = require('node:events')
const { createKey, startTenant } = require('../support/tenant')
const { assemble, decodeParts, encode, jsonWith, signerOf, withChanges } = require('./forge')

/**
 * The world of the hostile tokens: a tenant with a key for each family of algorithms, another tenant, and an attacker
 * with a key and a server of their own.
 *
 * `keys` has the tenant's keys by algorithm; `keys.bare` is an RSA key whose JWK names no algorithm. The tenant's key
 * set also lists a shared secret, as careless providers do.
 */
async function startWorld() {
  const tenant = await startTenant({ alg: 'ES384' })
  const otherTenant = await startTenant({ alg: 'ES384' })
  const keys = { ES384: tenant.keys[0] }
  for (const alg of ['ES256', 'ES512', 'RS256', 'PS256', 'EdDSA', 'Ed25519']) keys[alg] = await createKey(alg)
  keys.bare = await createKey('RS256', { alg: undefined })
  const secret = Buffer.from('a secret that the key set gives away')
  const oct = { jwk: { kty: 'oct', kid: 'shared', alg: 'HS256', k: secret.toString('base64url') } }
  tenant.keys = [...Object.values(keys), oct]
  const attacker = await startAttacker()
  const bystander = (await createKey('PS512', { kid: 'bystander' })).jwk

  const headerFor = (key, changes) => withChanges({ alg: key.alg, kid: key.jwk.kid, typ: 'at+jwt' }, changes)
  const world = {
    tenant,
    otherTenant,
    attacker,
    keys,
    secret,
    /** A key that has signed nothing. */
    bystander,
    /** The body of a key set with these JWKs and the bystander: a set without a usable key would be an outage. */
    bodyOf: (jwks) => JSON.stringify({ keys: [...jwks, bystander] }),
    startedAt: performance.now(),
    now: () => Math.floor(Date.now() / 1000),
    header: (changes, key = keys.ES384) => headerFor(key, changes),
    claims: (changes) => tenant.claims(changes),
    /**
     * A token of the tenant with changes to its header and claims. A `header` or `claims` of text or bytes replaces the
     * whole part; `signer` makes another signature.
     */
    token: ({ header = {}, claims = {}, key = keys.ES384, signer = signerOf(key) } = {}) =>
      assemble(
        isChanges(header) ? headerFor(key, header) : header,
        isChanges(claims) ? tenant.claims(claims) : claims,
        signer,
      ),
    /** A good token, except that one claim has this JSON text. */
    tokenWithClaim: (name, text) => world.token({ claims: jsonWith(tenant.claims(), `"${name}":${text}`, [name]) }),
    /** A good header and payload. `change` is the signature's bytes, or a function from the right bytes to them. */
    signed: (change, key = keys.ES384) => {
      const [header, payload, signature] = world.token({ key }).split('.')
      const bytes = typeof change === 'function' ? change(decodeParts(`..${signature}`)[2]) : change
      return `${header}.${payload}.${encode(bytes)}`
    },
    close: () => Promise.all([tenant.close(), otherTenant.close(), attacker.close()]),
  }
  return world
}

async function startAttacker() {
  const key = await createKey('ES384', { kid: 'attacker' })
  const attacker = { key, hits: 0 }
  const server = createServer((_req, res) => {
    attacker.hits += 1
    res.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: [key.jwk] }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(attacker, {
    url: `http://127.0.0.1:${server.address().port}/jwks`,
    close: () => new Promise((resolve) => server.close(resolve)),
  })
}

function isChanges(part) {
  return typeof part === 'object' && !Buffer.isBuffer(part)
}

module.exports = { startWorld }
