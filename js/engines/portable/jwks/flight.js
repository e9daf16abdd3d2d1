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
  #isLost = false
  #arrival
  /** @type {Fetched | undefined} */
  #landing

  /**
   * The flight that was started in the place of this one, if this one is lost.
   *
   * @type {KeyFlight | undefined}
   */
  successor

  /**
   * @param {string} url
   * @param {(landing: Fetched) => void} land called once, unless the flight is lost
   */
  constructor(url, land) {
    // The wall clock: the only one that Workers keep alike between requests.
    this.#lostAt = Date.now() + FLIGHT_LIMIT_MS + OVERSLEPT_MS
    /** @type {Promise<Fetched>} */
    const fetched = fetchKeys(url, FLIGHT_LIMIT_MS).then(
      (keys) => ({ keys, error: undefined }),
      (error) => ({ keys: undefined, error }),
    )
    this.#arrival = fetched.then((landing) => {
      if (this.isLost) return
      this.#landing = landing
      land(landing)
    })
  }

  /** Whether it says nothing of the endpoint any more: on Workers a fetch dies with its request, and nobody is told; or the
   * process was frozen. */
  get isLost() {
    // Kept: the wall clock may be set back, and others have gone on without this flight.
    this.#isLost ||= this.#landing === undefined && Date.now() >= this.#lostAt
    return this.#isLost
  }

  /**
   * @param {number} milliseconds
   * @returns {Promise<Fetched | undefined>} undefined where it takes longer, or is lost
   */
  async landingWithin(milliseconds) {
    try {
      if (this.#landing === undefined) await within(milliseconds, this.#arrival)
    } catch {
      // Nothing rejects this promise but Workers, which do where the request that made it is gone.
      this.#isLost = true
    }
    return this.#landing
  }
}

module.exports = { Flight }
