'use strict'

// Entries of a key set whose members say that the key is not for verifying, each with a token that the key has signed.
// Rows: [the name, the code, the function that makes the JWKs and the token].

const { changed } = require('./changed-key')

/** Members that say the key is not for verifying with its algorithm. */
const PURPOSES = [
  ['ES384', { use: 'enc' }],
  ['RS256', { use: 'enc' }],
  ['ES384', { use: '' }],
  ['ES384', { use: 'SIG' }],
  ['ES384', { d: 'AA' }],
  ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'].map((member) => ['RS256', { [member]: 'AA' }]),
  ['ES384', { use: 'sig enc' }],
  ['ES384', { use: ['sig'] }],
  ['ES384', { use: true }],
  ['ES384', { use: null }],
  ['ES384', { key_ops: ['sign'] }],
  ['ES384', { key_ops: ['encrypt', 'wrapKey'] }],
  ['ES384', { key_ops: ['VERIFY'] }],
  ['ES384', { key_ops: [] }],
  ['ES384', { key_ops: 'verify' }],
  ['ES384', { key_ops: { verify: true } }],
  ['ES384', { key_ops: ['verify', 1] }],
  ['ES384', { key_ops: ['verify', 'verify'] }],
  ['ES384', { key_ops: ['sign', 'verify', 'sign'] }],
  ['RS256', { key_ops: ['x', 'verify', 'x'] }],
  ['ES384', { key_ops: null }],
  ['ES384', { use: 'enc', key_ops: ['verify'] }],
  ['ES384', { use: 'sig', key_ops: ['sign'] }],
  ['ES384', { alg: 'ES256' }],
  ['ES384', { alg: 'ES512' }],
  ['ES384', { alg: 'RS256' }],
  ['ES384', { alg: 'EdDSA' }],
  ['ES384', { alg: 'HS256' }],
  ['ES384', { alg: 'none' }],
  ['ES384', { alg: '' }],
  ['ES384', { alg: 'es384' }],
  ['ES384', { alg: 'ES384 ' }],
  ['ES384', { alg: 'ECDH-ES' }],
  ['ES384', { alg: ['ES384'] }],
  ['ES384', { alg: 384 }],
  ['ES384', { alg: null }],
  ['EdDSA', { alg: 'ES256' }],
  ['EdDSA', { alg: 'ECDH-ES' }],
  ['RS256', { alg: 'ES256' }],
  ['RS256', { alg: 'RSA-OAEP' }],
  ['RS256', { alg: 'RSA1_5' }],
  ['ES384', { kty: 'ec' }],
  ['ES384', { kty: 'RSA' }],
  ['ES384', { kty: 'OKP' }],
  ['ES384', { kty: 'oct' }],
  ['ES384', { kty: undefined }],
  ['ES384', { kty: null }],
  ['ES384', { crv: 'P-256' }],
  ['ES384', { crv: 'P-521' }],
  ['ES384', { crv: 'p-384' }],
  ['ES384', { crv: 'secp384r1' }],
  ['ES384', { crv: undefined }],
  ['ES256', { crv: 'secp256k1' }],
  ['EdDSA', { crv: 'X25519' }],
  ['EdDSA', { crv: 'Ed448' }],
  ['EdDSA', { crv: 'ed25519' }],
  ['EdDSA', { kty: 'EC' }],
]
const purposes = PURPOSES.map(([alg, changes]) => [
  `${alg} with ${JSON.stringify(changes)}${Object.values(changes).includes(undefined) ? ' (taken away)' : ''}`,
  'key_not_found',
  changed(alg, changes),
])

const controls = [
  ['a key for use sig, to verify', changed('ES384', { use: 'sig', key_ops: ['verify'] })],
  ['a key for everything once', changed('ES384', { key_ops: ['verify', 'VERIFY', 'sign', 'x', ''] })],
  ['a key for signing too', changed('ES384', { key_ops: ['sign', 'verify'] })],
  ['a key without use and alg', changed('ES384', { use: undefined, alg: undefined })],
  ['a key with unknown members', changed('RS256', { x5t: 'AA', extra: { a: 1 } })],
]

module.exports = { rows: purposes, controls }
