'use strict'

// The key sets of the isolate: one state machine per JWKS URL, shared by every verifier. Mirrors src/jwks/cache.rs and
// src/jwks/status.rs.

const { AuthError } = require('../../../errors')
const clock = require('./clock')
const { Flight } = require('./flight')

/** How many URLs are remembered; past that, the least recently used is forgotten. */
const MAX_URLS = 100

/** The part of the TTL after which a refresh starts in the background. */
const REFRESH_AFTER = 0.8

/** How long after an attempt an unknown `kid` may cause the next one. */
const UNKNOWN_KID_COOLDOWN_MS = 30_000

/** The pauses after consecutive failures; the last one repeats. */
const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000]

/** The entries of the isolate, the least recently used first. */
const entries = new Map()

/**
 * What the cache has to say at once: keys, or the fetch to wait for.
 * @typedef {{ keys: import('./key-set').KeySet, flight?: undefined } | { keys?: undefined, flight: Flight }} Lookup
 *
 * How one caller wants keys to be kept.
 * @typedef {Pick<import('../../contract').Settings, 'jwksCacheTtlMs' | 'jwksMaxStaleMs' | 'jwksTimeoutMs'>} Policy
 */

/** The state machine of one URL. */
class Entry {
  #url
  #current
  #flight
  #lastAttempt = Number.NEGATIVE_INFINITY
  #failure
  #isFreeRefreshSpent = false

  constructor(url) {
    this.#url = url
  }

  /**
   * The keys, if they are fresh or may serve stale; else the fetch to wait for.
   *
   * @param {Policy} policy
   * @returns {Lookup}
   * @throws {AuthError} `jwks_unavailable`, where the last failure is too recent for another fetch
   */
  lookup(policy) {
    const age = this.#age()
    const isFresh = age < policy.jwksCacheTtlMs
    if (isFresh || this.#mayServeStale(policy)) {
      if (!isFresh || age >= policy.jwksCacheTtlMs * REFRESH_AFTER) this.#tryToStartFlight(policy)
      return { keys: this.#current.keys }
    }
    return this.#waitOrRefuse(policy)
  }

  /**
   * What to do for a token whose key is not in `seen`: take the keys that have arrived since, wait for a refresh, or,
   * within the cooldown, undefined: nothing.
   *
   * @returns {Lookup | undefined}
   * @throws {AuthError} `jwks_unavailable`
   */
  lookupUnknownKid(policy, seen) {
    if (this.#current !== undefined && this.#current.keys !== seen) return { keys: this.#current.keys }
    if (this.#flight?.isUnderWay) return { flight: this.#flight }
    // The key may well exist: nobody can tell while the endpoint is failing.
    if (this.#failure !== undefined) return this.#waitOrRefuse(policy)
    const isCooledDown = clock.now() - this.#lastAttempt >= UNKNOWN_KID_COOLDOWN_MS
    if (!isCooledDown && this.#isFreeRefreshSpent) return undefined
    this.#isFreeRefreshSpent = true
    return { flight: this.#tryToStartFlight(policy) }
  }

  /**
   * Waits for a fetch. Where it fails, keys that may serve stale do.
   *
   * @param {number} deadline when the caller has to have its answer, by `performance.now()`
   * @throws {AuthError} `jwks_unavailable`
   */
  async wait(flight, policy, deadline) {
    const left = deadline - performance.now()
    if (left <= 0) throw this.#unavailable()
    const landing = await flight.landingWithin(left)
    if (landing?.keys !== undefined) return landing.keys
    if (landing === undefined && !flight.isUnderWay) {
      const another = this.#tryToStartFlight(policy)
      if (another !== undefined) return this.wait(another, policy, deadline)
    }
    const isOutage = landing?.error.isOutage ?? true
    if (isOutage && this.#isWithinStaleBound(policy)) return this.#current.keys
    throw this.#unavailable()
  }

  /** How the keys fare: see `getJwksStatus` in index.d.ts. */
  status() {
    const { count, retryAt, error } = this.#failure ?? {}
    return {
      jwksUri: this.#url,
      keys: this.#current?.keys.count ?? 0,
      ...(this.#current && { ageMs: this.#age() }),
      isFetching: this.#flight?.isUnderWay === true,
      ...(error && { failure: { count, reason: error.message, retryAfterMs: Math.max(0, retryAt - clock.now()) } }),
    }
  }

  #waitOrRefuse(policy) {
    const flight = this.#tryToStartFlight(policy)
    if (flight === undefined) throw this.#unavailable()
    return { flight }
  }

  /** The flight under way, or a new one unless the last failure is too recent. */
  #tryToStartFlight({ jwksTimeoutMs }) {
    if (this.#flight?.isUnderWay) return this.#flight
    if (this.#failure !== undefined && clock.now() < this.#failure.retryAt) return undefined
    this.#lastAttempt = clock.now()
    const flight = new Flight(this.#url, jwksTimeoutMs, (landing) => {
      // One that was given up for lost must not bring old keys back.
      if (this.#flight === flight) this.#land(landing)
    })
    this.#flight = flight
    return flight
  }

  #land({ keys, error }) {
    this.#flight = undefined
    if (error === undefined) {
      this.#current = { keys, fetchedAt: clock.now() }
      this.#failure = undefined
    } else {
      const count = (this.#failure?.count ?? 0) + 1
      this.#failure = { count, retryAt: clock.now() + backoffMs(count), error }
    }
  }

  #age() {
    return this.#current === undefined ? Number.POSITIVE_INFINITY : clock.now() - this.#current.fetchedAt
  }

  #mayServeStale(policy) {
    return this.#failure?.error.isOutage === true && this.#isWithinStaleBound(policy)
  }

  #isWithinStaleBound({ jwksCacheTtlMs, jwksMaxStaleMs }) {
    return this.#age() < jwksCacheTtlMs + jwksMaxStaleMs
  }

  #unavailable() {
    if (this.#failure === undefined) {
      const reason = 'no complete answer in the time this call allows'
      return new AuthError('jwks_unavailable', { reason, retryAfterSeconds: 1 })
    }
    const { error, retryAt } = this.#failure
    const retryAfterSeconds = Math.max(1, Math.ceil((retryAt - clock.now()) / 1000))
    return new AuthError('jwks_unavailable', { reason: error.message, retryAfterSeconds })
  }
}

/** The entry of a URL, made when it is first asked for. */
function entryOf(url) {
  const entry = entries.get(url) ?? new Entry(url)
  entries.delete(url)
  entries.set(url, entry)
  if (entries.size > MAX_URLS) entries.delete(entries.keys().next().value)
  return entry
}

/** Forgets the keys of a URL. A fetch under way answers those who wait for it and no one after them. */
function forgetKeys(url) {
  entries.delete(url)
}

/** Forgets all keys. */
function forgetAllKeys() {
  entries.clear()
}

/** How the keys of each URL fare, the most recently used first. */
function keysStatus() {
  return [...entries.values()].reverse().map((entry) => entry.status())
}

/** The pause after that many consecutive failures, up to a fifth shorter or longer so that servers do not retry in step. */
function backoffMs(failures) {
  return BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1] * (0.8 + 0.4 * Math.random())
}

module.exports = { Entry, entryOf, forgetAllKeys, forgetKeys, keysStatus }
