'use strict'

// Signature algorithms (RFC 7518 section 3, RFC 8037, RFC 9864) and public keys checked once to verify with them. Mirrors
// src/signature.rs; the runtime's own cryptography does the arithmetic.

/** @import { SignedText } from './arithmetic' */

const { hexOf } = require('../../hex')
const { importKey, verify, verifySync } = require('#arithmetic')
const { decode } = require('./base64url')
const { CURVES, isPoint } = require('./curves')

/** The `alg` names that can verify a token: asymmetric ones only, so that no key is ever an HMAC secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

const RSA_ALGORITHMS = ALGORITHMS.slice(0, 6)

/** Two names of one algorithm, the second of RFC 9864 section 2.2. */
const ED25519_ALGORITHMS = ALGORITHMS.slice(9)

/**
 * The members of a JWK that verification reads (RFC 7517 section 4), each of its right type.
 * @typedef {{ kty: string } & { [member in 'kid' | 'alg' | 'use' | 'crv' | 'x' | 'y' | 'n' | 'e']?: string }} Jwk
 *
 * A public key that has been checked.
 * @typedef {InstanceType<typeof VerifyingKey>} Key
 */

/** A public key, and the algorithms that it may verify. Only the `from…` functions, which check a key, make one. */
class VerifyingKey {
  #jwk
  #algorithms
  #signatureBytes
  /** @type {Map<string, any>} */
  #imported = new Map()

  /**
   * @param {Jwk} jwk the members that make the key, and no others
   * @param {string[]} algorithms
   * @param {number} signatureBytes how long each of its signatures is
   */
  constructor(jwk, algorithms, signatureBytes) {
    this.#jwk = jwk
    this.#algorithms = algorithms
    this.#signatureBytes = signatureBytes
  }

  /**
   * An EC key. Undefined: its coordinates do not have the curve's full length (RFC 7518 section 6.2.1.2), or are no point.
   *
   * @param {Jwk} jwk
   */
  static fromEcPoint({ kty, crv, x = '', y = '' }) {
    const curve = CURVES.get(crv)
    const [xBytes, yBytes] = [decode(x), decode(y)]
    if (!curve || !xBytes || !yBytes || !isPoint(curve, xBytes, yBytes)) return undefined
    return new VerifyingKey({ kty, crv, x, y }, [curve.algorithm], 2 * curve.coordinateBytes)
  }

  /**
   * An Ed25519 key (RFC 8037 section 2) for its `alg` or, where the JWK names none, for both names of its algorithm. Undefined:
   * not 32 bytes, or of small order, under which anybody can sign. Whether `x` is a point shows at the first verification.
   *
   * @param {Jwk} jwk
   */
  static fromEd25519({ kty, crv, x = '', alg }) {
    const point = crv === 'Ed25519' ? decode(x) : undefined
    if (point?.length !== 32 || hasSmallOrder(point)) return undefined
    return new VerifyingKey({ kty, crv, x }, ED25519_ALGORITHMS.filter(isNamedBy(alg)), 64)
  }

  /**
   * An RSA key (RFC 7518 section 6.3.1) for its `alg` or, where the JWK names none, for all six algorithms of the family.
   * Undefined: fewer than 2048 or more than 8192 bits, an even number, or an exponent below 3 or over 33 bits.
   *
   * @param {Jwk} jwk
   */
  static fromRsaComponents({ kty, n = '', e = '', alg }) {
    const [modulus, exponent] = [decode(n), decode(e)]
    if (!modulus?.length || !exponent?.length) return undefined
    const bits = modulus.length * 8 - Math.clz32(modulus[0]) + 24
    const isOdd = (modulus[modulus.length - 1] & exponent[exponent.length - 1] & 1) === 1
    if (modulus[0] === 0 || bits < 2048 || bits > 8192 || !isOdd || !isSafeExponent(exponent)) return undefined
    return new VerifyingKey({ kty, n, e }, RSA_ALGORITHMS.filter(isNamedBy(alg)), modulus.length)
  }

  /**
   * Whether the key may verify this algorithm.
   *
   * @param {string} algorithm
   */
  fits(algorithm) {
    return this.#algorithms.includes(algorithm)
  }

  /**
   * Whether the signature of a JWS is one of this key. Never true for an algorithm that does not fit the key.
   *
   * @param {SignedText} jws
   */
  async verifies(jws) {
    if (!this.#couldVerify(jws)) return false
    try {
      return (await verify(await this.#import(jws.algorithm), jws)) === true
    } catch {
      return false
    }
  }

  /**
   * The same at once, only where {@link canVerifySync}.
   *
   * @param {SignedText} jws
   */
  verifiesSync(jws) {
    if (!this.#couldVerify(jws)) return false
    try {
      const key = this.#importSync(jws.algorithm)
      this.#imported.set(jws.algorithm, key)
      return verifySync?.(key, jws) === true
    } catch {
      return false
    }
  }

  /**
   * Whether the algorithm and the length of a signature are this key's. Runtimes differ in the lengths that they accept: OpenSSL takes
   * an RSASSA-PSS signature without its leading zeros, against RFC 8017 section 8.1.2.
   *
   * @param {SignedText} jws
   */
  #couldVerify({ text, algorithm }) {
    const characters = text.length - text.lastIndexOf('.') - 1
    return this.fits(algorithm) && Math.floor((characters * 3) / 4) === this.#signatureBytes
  }

  /**
   * The key for one algorithm. Its promise is not kept: on Workers, a promise of another request may never settle.
   *
   * @param {string} algorithm
   */
  async #import(algorithm) {
    const key = await this.#importSync(algorithm)
    this.#imported.set(algorithm, key)
    return key
  }

  /**
   * A promise where the runtime has only those.
   *
   * @param {string} algorithm
   */
  #importSync(algorithm) {
    return this.#imported.get(algorithm) ?? importKey(this.#jwk, algorithm)
  }
}

/**
 * Whether an algorithm is the one that a JWK names, or the JWK names none.
 *
 * @param {string | undefined} alg
 */
function isNamedBy(alg) {
  return (/** @type {string} */ name) => alg === undefined || alg === name
}

/** Whether the runtime verifies without a promise. */
const canVerifySync = verifySync !== undefined

/**
 * Whether an RSA exponent is at least 3 and has at most 33 bits.
 *
 * @param {Uint8Array} bytes
 */
function isSafeExponent(bytes) {
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  return bytes.length <= 5 && bytes[0] !== 0 && value >= 3 && value < 2 ** 33
}

/** The y coordinates, in hexadecimal and little-endian, of the points whose order divides 8; the last two in the form that
 * is not reduced. */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

/**
 * Whether an Ed25519 point has a small order, whatever the sign of its x in the highest bit.
 *
 * @param {Uint8Array} point
 */
function hasSmallOrder(point) {
  const y = point.with(31, point[31] & 0x7f)
  return SMALL_ORDER.has(hexOf(y))
}

module.exports = { ALGORITHMS, VerifyingKey, canVerifySync }
