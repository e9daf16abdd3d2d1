'use strict'

const { compactVerify } = require('jose/jws/compact/verify')
const { importJWK } = require('jose/key/import')

/** A public key, and the algorithms that it may verify. */
class VerifyingKey {
  #jwk
  #algorithms
  #imported = new Map()

  /**
   * @param jwk the members that make the key, and no others
   * @param {string[]} algorithms
   */
  constructor(jwk, algorithms) {
    this.#jwk = jwk
    this.#algorithms = algorithms
  }

  /** Whether the key may verify this algorithm. */
  fits(algorithm) {
    return this.#algorithms.includes(algorithm)
  }

  /** Whether WebCrypto takes the key: a point of its curve, a modulus it can work with. */
  async isImportable() {
    return succeeds(this.#import(this.#algorithms[0]))
  }

  /** Whether the signature of a JWS is one of this key. Never true for an algorithm that does not fit the key. */
  async verifies({ text, algorithm }) {
    return this.fits(algorithm) && succeeds(this.#verify(text, algorithm))
  }

  async #verify(text, algorithm) {
    await compactVerify(text, await this.#import(algorithm), { algorithms: [algorithm] })
  }

  /** The key for one algorithm. Not its promise is kept: on Workers, one of another request may never settle. */
  async #import(algorithm) {
    if (!this.#imported.has(algorithm)) this.#imported.set(algorithm, await importJWK(this.#jwk, algorithm))
    return this.#imported.get(algorithm)
  }
}

function succeeds(promise) {
  return promise.then(
    () => true,
    () => false,
  )
}

module.exports = { VerifyingKey }
