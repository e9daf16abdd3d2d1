'use strict'

const { createHash, createPublicKey, generateKeyPairSync, sign } = require('node:crypto')

const KEY_TYPES = {
  ES384: { type: 'ec', options: { namedCurve: 'P-384' }, hash: 'sha384' },
  ES256: { type: 'ec', options: { namedCurve: 'P-256' }, hash: 'sha256' },
  RS256: { type: 'rsa', options: { modulusLength: 2048 }, hash: 'sha256' },
  EdDSA: { type: 'ed25519', options: {}, hash: null },
}

const SPKI = { type: 'spki', format: 'der' }

const ALGORITHMS = Object.keys(KEY_TYPES)

/** A key pair, with the JWK that a tenant publishes. */
function createKey(alg) {
  const { type, options } = KEY_TYPES[alg]
  // The public key is passed on as bytes: Node.js 20 can hang if it exports the generated key object as a JWK while the
  // key's generator is garbage-collected.
  const { publicKey, privateKey } = generateKeyPairSync(type, { ...options, publicKeyEncoding: SPKI })
  const jwk = createPublicKey({ key: publicKey, ...SPKI }).export({ format: 'jwk' })
  const kid = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url')
  return { alg, privateKey, jwk: { ...jwk, kid, alg, use: 'sig' } }
}

function signToken({ alg, privateKey, kid }, claims) {
  const input = `${encode({ alg, typ: 'at+jwt', kid })}.${encode(claims)}`
  // An ECDSA signature of JOSE is two numbers side by side, not DER.
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' }
  return `${input}.${sign(KEY_TYPES[alg].hash, Buffer.from(input), key).toString('base64url')}`
}

function encode(object) {
  return Buffer.from(JSON.stringify(object)).toString('base64url')
}

module.exports = { ALGORITHMS, createKey, signToken }
