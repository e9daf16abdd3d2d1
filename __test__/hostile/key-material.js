'use strict'

// Entries of a key set without a key, or with a weak key, each with a token that a careless verifier would accept.
// Rows: [the name, the code, the function that makes the JWKs and the token].

const { createHash, createPublicKey, generateKeyPairSync, sign, verify } = require('node:crypto')
const { createKey } = require('../support/tenant')
const { changed } = require('./changed-key')
const { bytesOf, loosened, numberOf } = require('./forge')

const SPKI = { type: 'spki', format: 'der' }

/** The prime of P-384 (FIPS 186-4 appendix D.1.2). */
const P384 = (1n << 384n) - (1n << 128n) - (1n << 96n) + (1n << 32n) - 1n
const P521 = (1n << 521n) - 1n

const bytes = (text) => Buffer.from(text, 'base64url')
const text = (...buffers) => Buffer.concat(buffers).toString('base64url')
const ZERO = Buffer.alloc(1)

/** Members that encode no key: [the algorithm, the fault, changes to the JWK]. */
const MATERIAL = [
  ['ES384', 'a point off the curve', ({ y }) => ({ y: flippedBit(y) })],
  ['ES256', 'a point off the curve', ({ y }) => ({ y: flippedBit(y) })],
  ['ES512', 'a point off the curve', ({ y }) => ({ y: flippedBit(y) })],
  ['ES384', 'x and y swapped', ({ x, y }) => ({ x: y, y: x })],
  ['ES384', 'the point (0, 0)', () => ({ x: text(Buffer.alloc(48)), y: text(Buffer.alloc(48)) })],
  ['ES384', 'an empty x and y', () => ({ x: '', y: '' })],
  ['ES384', 'no y', () => ({ y: undefined })],
  ['ES384', 'y null', () => ({ y: null })],
  ['ES384', 'x in a list', ({ x }) => ({ x: [x] })],
  ['ES384', 'a zero byte before x', ({ x }) => ({ x: text(ZERO, bytes(x)) })],
  ['ES384', 'x without its last byte', ({ x }) => ({ x: text(bytes(x).subarray(0, -1)) })],
  ['ES384', 'a whole point in x', ({ x, y }) => ({ x: text(Buffer.of(4), bytes(x), bytes(y)), y: '' })],
  ['ES384', 'a coordinate of p', () => ({ x: text(bytesOf(P384, 48)) })],
  ['ES512', 'a coordinate with p added', ({ x }) => ({ x: text(bytesOf(numberOf(bytes(x)) + P521, 66)) })],
  ['ES384', 'padding after x', ({ x }) => ({ x: `${x}=` })],
  ['ES384', 'a newline after x', ({ x }) => ({ x: `${x}\n` })],
  ['ES256', 'unused bits set in x', ({ x }) => ({ x: loosened(x) })],
  ['ES384', 'x in hexadecimal', ({ x }) => ({ x: bytes(x).toString('hex') })],
  ['EdDSA', 'no x', () => ({ x: undefined })],
  ['EdDSA', 'x without its last byte', ({ x }) => ({ x: text(bytes(x).subarray(0, -1)) })],
  ['EdDSA', 'a zero byte after x', ({ x }) => ({ x: text(bytes(x), ZERO) })],
  ['RS256', 'e = 1', () => ({ e: 'AQ' })],
  ['RS256', 'e = 0', () => ({ e: 'AA' })],
  ['RS256', 'an even e', () => ({ e: text(Buffer.of(1, 0, 0)) })],
  ['RS256', 'an empty e', () => ({ e: '' })],
  ['RS256', 'no e', () => ({ e: undefined })],
  ['RS256', 'e as a number', () => ({ e: 65_537 })],
  ['RS256', 'a zero byte before e', () => ({ e: text(Buffer.of(0, 1, 0, 1)) })],
  ['RS256', 'an e of 64 bits', () => ({ e: text(Buffer.alloc(8, 0xff)) })],
  ['RS256', 'e = n', ({ n }) => ({ e: n })],
  ['RS256', 'a zero byte before n', ({ n }) => ({ n: text(ZERO, bytes(n)) })],
  ['RS256', 'an even n', ({ n }) => ({ n: text(bytesOf(numberOf(bytes(n)) - 1n, 256)) })],
  ['RS256', 'n = 0', () => ({ n: text(Buffer.alloc(256)) })],
  ['RS256', 'an n of 8,200 bits', () => ({ n: text(Buffer.alloc(1_025, 0xff)) })],
  ['RS256', 'an n of 200,000 bits', () => ({ n: text(Buffer.alloc(25_000, 0xff)) })],
  ['RS256', 'padding after n', ({ n }) => ({ n: `${n}==` })],
  ['RS256', 'its key in x5c alone', ({ n }) => ({ x5c: [n], n: undefined, e: undefined })],
]
const material = MATERIAL.map(([alg, name, changes]) => [`${alg} with ${name}`, 'key_not_found', changed(alg, changes)])

function flippedBit(member) {
  return text(bytesOf(numberOf(bytes(member)) ^ 1n, bytes(member).length))
}

/** Keys that are weak by themselves. */
const weak = [
  [
    'EdDSA with an x that is no point',
    // The fault shows only when the key verifies.
    'signature_invalid',
    changed('EdDSA', () => ({ x: text(Buffer.of(2), Buffer.alloc(31)) })),
  ],
  ...[512, 1024, 2040].map((bits) => [
    `an RSA key of ${bits} bits`,
    'key_not_found',
    ({ token }) => {
      const key = keyFrom(newKeyPair('rsa', { modulusLength: bits }), 'RS256')
      return { keys: [key.jwk], token: token({ key, signer: nodeSigner(key, 'sha256') }) }
    },
  ]),
  [
    'an RSA key with e = 1, and the padded digest itself as the signature',
    'key_not_found',
    async ({ token }) => {
      const { jwk } = await createKey('RS256', { e: 'AQ' })
      return { keys: [jwk], token: token({ key: { alg: 'RS256', jwk }, signer: paddedDigest }) }
    },
  ],
  ...['x', 'y'].map((member) => [
    `a key of P-256 whose ${member} lacks its leading zero`,
    'key_not_found',
    ({ token }) => {
      const key = keyWithLeadingZero(member)
      const stripped = { ...key.jwk, [member]: text(bytes(key.jwk[member]).subarray(1)) }
      return { keys: [stripped], token: token({ key, signer: nodeSigner(key, 'sha256') }) }
    },
  ]),
  ['an Ed25519 key that is the neutral element', 'key_not_found', signedByNobody(Buffer.of(1))],
  ['an Ed25519 key of zeros, a point of order 4', 'key_not_found', signedByNobody(Buffer.of(0))],
]

/** A token for an Ed25519 key of small order: the signature R = 1, S = 0 fits every message, or one in four. */
function signedByNobody(start) {
  return ({ token }) => {
    const x = text(start, Buffer.alloc(32 - start.length))
    const jwk = { kty: 'OKP', crv: 'Ed25519', kid: 'small', alg: 'EdDSA', x }
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    const signature = Buffer.concat([Buffer.of(1), Buffer.alloc(63)])
    for (let jti = 0; ; jti += 1) {
      const forged = token({ key: { alg: 'EdDSA', jwk }, claims: { jti: `${jti}` }, signer: () => signature })
      const input = forged.slice(0, forged.lastIndexOf('.'))
      // If the crypto library refuses such keys, the 100th token is used, which must be refused as well.
      if (jti === 100 || verify(null, Buffer.from(input), key, signature)) return { keys: [jwk], token: forged }
    }
  }
}

/** A key pair. Its public key is made anew from bytes: Node.js 20 can hang if it exports a generated key as a JWK while
 * the key's generator is garbage-collected. */
function newKeyPair(type, options) {
  const { publicKey, privateKey } = generateKeyPairSync(type, { ...options, publicKeyEncoding: SPKI })
  return { publicKey: createPublicKey({ key: publicKey, ...SPKI }), privateKey }
}

function keyFrom({ publicKey, privateKey }, alg) {
  return { alg, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'weak', alg } }
}

function keyWithLeadingZero(member) {
  for (;;) {
    const key = keyFrom(newKeyPair('ec', { namedCurve: 'P-256' }), 'ES256')
    if (bytes(key.jwk[member])[0] === 0) return key
  }
}

function nodeSigner({ privateKey }, hash) {
  return (input) => sign(hash, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
}

/** The EMSA-PKCS1-v1_5 encoding (RFC 8017 section 9.2) for a modulus of 2048 bits. */
function paddedDigest(input) {
  const digest = createHash('sha256').update(input).digest()
  const info = Buffer.from('003031300d060960864801650304020105000420', 'hex')
  return Buffer.concat([Buffer.of(0, 1), Buffer.alloc(202, 0xff), info, digest])
}

const controls = [
  [
    'an RSA key of 2048 bits, made the same way',
    ({ token }) => {
      const key = keyFrom(newKeyPair('rsa', { modulusLength: 2048 }), 'RS256')
      return { keys: [key.jwk], token: token({ key, signer: nodeSigner(key, 'sha256') }) }
    },
  ],
  [
    'an RSA key with e = 3',
    ({ token }) => {
      const key = keyFrom(newKeyPair('rsa', { modulusLength: 2048, publicExponent: 3 }), 'RS256')
      return { keys: [key.jwk], token: token({ key, signer: nodeSigner(key, 'sha256') }) }
    },
  ],
  [
    'a key of P-256 whose x has a leading zero',
    ({ token }) => {
      const key = keyWithLeadingZero('x')
      return { keys: [key.jwk], token: token({ key, signer: nodeSigner(key, 'sha256') }) }
    },
  ],
]

module.exports = { rows: [...material, ...weak], controls }
