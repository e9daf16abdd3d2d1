'use strict'

// Keys that are given and never fetched, in the place of an entry of the cache. Stands for Source::Fixed in src/verifier.rs.

/**
 * @import { Lookup } from './cache'
 * @import { Keys } from './key-set'
 */

class FixedKeys {
  #keys

  /** @param {Keys} keys */
  constructor(keys) {
    this.#keys = keys
  }

  /** @returns {Lookup} */
  lookup() {
    return { keys: this.#keys, flight: undefined }
  }

  /** The keys, without a step of anybody's. */
  settled() {
    return this.#keys
  }

  /** @returns {undefined} since nothing brings other keys */
  lookupUnknownKid() {
    return undefined
  }

  async wait() {
    return this.#keys
  }
}

module.exports = { FixedKeys }
