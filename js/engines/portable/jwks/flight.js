'use strict'

// A fetch that many wait for. Stands for the watch channel of src/jwks/cache.rs.

/** @import { Fetched } from './state' */

const { within } = require('../timer')
const { fetchKeys } = require('./fetch')
const { FLIGHT_LIMIT_MS, OVERSLEPT_MS } = require('./state')

/** @typedef {InstanceType<typeof Flight>} KeyFlight */

/** A fetch under way, which any number of calls may wait for. */
class Flight {
  #lostAt
  #landing

  /**
   * @param {string} url
   * @param {(landing: Fetched) => void} land called once, unless the runtime drops the request that carries the fetch
   */
  constructor(url, land) {
    // The wall clock: the only one that Workers keep alike between requests.
    this.#lostAt = Date.now() + FLIGHT_LIMIT_MS + OVERSLEPT_MS
    /** @type {Promise<Fetched>} */
    this.#landing = fetchKeys(url, FLIGHT_LIMIT_MS).then(
      (keys) => ({ keys }),
      (error) => ({ error }),
    )
    this.#landing.then(land)
  }

  /** Whether it says nothing of the endpoint any more: on Workers a fetch dies with its request, and nobody is told; or the
   * process was frozen. */
  get isLost() {
    return Date.now() >= this.#lostAt
  }

  /**
   * @param {number} milliseconds
   * @returns {Promise<Fetched | undefined>} undefined where it takes longer, or is lost
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
