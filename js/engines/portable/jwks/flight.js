'use strict'

// A fetch that many wait for. Stands for the watch channel of src/jwks/cache.rs.

const { fetchKeys } = require('./fetch')
const { within } = require('../timer')

/** How long after its limit a fetch is given up for lost. */
const GRACE_MS = 1_000

/** A fetch under way, which any number of calls may wait for. */
class Flight {
  #lostAt
  #landing

  /** @param {(landing: Landing) => void} land called once, unless the runtime drops the request that carries it */
  constructor(url, limitMs, land) {
    // The wall clock: the only one that Workers keep alike between requests.
    this.#lostAt = Date.now() + limitMs + GRACE_MS
    this.#landing = fetchKeys(url, limitMs).then(
      (keys) => ({ keys }),
      (error) => ({ error }),
    )
    this.#landing.then(land)
  }

  /** Whether it can still arrive. On Workers a fetch dies with its request, and nobody is told. */
  get isUnderWay() {
    return Date.now() < this.#lostAt
  }

  /**
   * @typedef {{ keys?: import('./key-set').KeySet, error?: import('./fetch').FetchError }} Landing
   * @returns {Promise<Landing | undefined>} undefined where it takes longer, or is lost
   */
  async landingWithin(milliseconds) {
    try {
      return await within(milliseconds, this.#landing)
    } catch {
      // Nothing rejects this promise but Workers, which do where the request that made it is gone.
      this.#lostAt = 0
      return undefined
    }
  }
}

module.exports = { Flight }
