'use strict'

/**
 * @import { KeyObject } from 'node:crypto'
 * @import { TestAlgorithm } from 'logto-authkit/testing'
 */

const { constants, createPublicKey, generateKeyPair, randomBytes, sign } = require('node:crypto')
const { promisify } = require('node:util')

/** @type {{ type: 'spki', format: 'der' }} */
const SPKI = { type: 'spki', format: 'der' }

/** @type {[any, object]} */
const RSA = ['rsa', { modulusLength: 2048 }]
const PKCS1 = {}
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
/** r and s one after the other, as RFC 7518 section 3.4 has it. */
const CONCATENATED = { dsaEncoding: 'ieee-p1363' }

/**
 * How a key pair is made, its digest, and how it signs. The kind of key is `any`: each has an overload of `generateKeyPair`.
 * @typedef {[pair: [kind: any, options: object], digest: string | null, how: object]} Method
 */

/**
 * The method of each `alg`.
 *
 * @type {Map<TestAlgorithm, Method>}
 */
const ALGORITHMS = new Map([
  ['RS256', [RSA, 'sha256', PKCS1]],
  ['RS384', [RSA, 'sha384', PKCS1]],
  ['RS512', [RSA, 'sha512', PKCS1]],
  ['PS256', [RSA, 'sha256', PSS]],
  ['PS384', [RSA, 'sha384', PSS]],
  ['PS512', [RSA, 'sha512', PSS]],
  ['ES256', [['ec', { namedCurve: 'P-256' }], 'sha256', CONCATENATED]],
  ['ES384', [['ec', { namedCurve: 'P-384' }], 'sha384', CONCATENATED]],
  ['ES512', [['ec', { namedCurve: 'P-521' }], 'sha512', CONCATENATED]],
  ['EdDSA', [['ed25519', {}], null, {}]],
  ['Ed25519', [['ed25519', {}], null, {}]],
])

/** A key pair of a tenant. */
class SigningKey {
  #alg
  #privateKey

  /** @param {TestAlgorithm} alg */
  static async generate(alg) {
    const [[type, options]] = methodOf(alg)
    // Not as an object: Node.js 20 can hang where it exports one as a JWK while the generator of that one is collected.
    const { publicKey, privateKey } = await promisify(generateKeyPair)(type, { ...options, publicKeyEncoding: SPKI })
    const encoded = /** @type {any} */ (publicKey)
    return new SigningKey(alg, { publicKey: createPublicKey({ key: encoded, ...SPKI }), privateKey })
  }

  /**
   * @param {TestAlgorithm} alg
   * @param {{ publicKey: KeyObject, privateKey: KeyObject }} pair
   */
  constructor(alg, { publicKey, privateKey }) {
    this.#alg = alg
    this.#privateKey = privateKey
    const { kty, ...parameters } = publicKey.export({ format: 'jwk' })
    const named = { kty, use: 'sig', kid: randomBytes(32).toString('base64url') }
    /** What Logto publishes of it: an RSA key names no algorithm, since it fits several. */
    this.jwk = kty === 'RSA' ? { ...named, ...parameters } : { ...named, alg, ...parameters }
  }

  /**
   * A compact JWS (RFC 7515 section 7.1); `header` has changes to what is usual.
   *
   * @param {object} claims
   * @param {object} [header]
   */
  sign(claims, header) {
    const [, digest, how] = methodOf(this.#alg)
    const members = { alg: this.#alg, typ: 'at+jwt', kid: this.jwk.kid, ...header }
    const input = [members, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const signature = sign(digest, Buffer.from(input), { key: this.#privateKey, ...how })
    return `${input}.${signature.toString('base64url')}`
  }
}

/** @param {TestAlgorithm} alg */
function methodOf(alg) {
  return /** @type {Method} */ (ALGORITHMS.get(alg))
}

module.exports = { ALGORITHMS, SigningKey }
