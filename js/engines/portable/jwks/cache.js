'use strict'

// The key sets of the isolate: one state machine per JWKS URL, shared by every verifier. Mirrors src/jwks/cache.rs.

/**
 * @import { JwksStatus } from 'logto-authkit'
 * @import { EngineModule } from '../../contract'
 * @import { KeyFlight } from './flight'
 * @import { Keys } from './key-set'
 * @import { Plan, Policy } from './state'
 */

const { tellOfFetch } = require('../../fetched')
const clock = require('./clock')
const { Flight } = require('./flight')
const { OVERSLEPT_MS, State } = require('./state')

/** The most URLs that the cache holds; one more displaces the longest idle URL. URLs with a flight or a back-off stay, even
 * beyond that number. */
const MAX_URLS = 1_000

/**
 * The entries of the isolate, the least recently used first.
 *
 * @type {Map<string, Entry>}
 */
const entries = new Map()

/**
 * The times up to which keys that another process has fetched are not taken, of all URLs and of each, in milliseconds since the
 * Unix epoch.
 */
const unseedable = {
  all: Number.NEGATIVE_INFINITY,
  /** @type {Map<string, number>} */
  byUrl: new Map(),
}

/**
 * What the cache has to say at once: keys, or the flight to wait for.
 * @typedef {{ keys: Keys, flight: undefined } | { keys: undefined, flight: KeyFlight }} Lookup
 */

/** The time at which one caller stops waiting. */
class Deadline {
  #policy
  #at

  /** @param {Policy} policy */
  constructor(policy) {
    this.#policy = policy
    this.#at = performance.now() + policy.jwksTimeoutMs
  }

  /** The milliseconds left. A caller that wakes long after its deadline was frozen together with its process, so its time
   * begins anew. */
  left() {
    if (performance.now() >= this.#at + OVERSLEPT_MS) this.#at = performance.now() + this.#policy.jwksTimeoutMs
    return this.#at - performance.now()
  }
}

/** The state machine of one URL, and what it takes to run it. */
class Entry {
  #url
  #state = new State()
  /** @type {KeyFlight | undefined} */
  #flight

  /** @param {string} url */
  constructor(url) {
    this.#url = url
  }

  /**
   * The keys, if they are fresh or may serve stale; else the flight to wait for.
   *
   * @param {Policy} policy
   * @returns {Lookup}
   * @throws {AuthError} `jwks_unavailable`, where the last failure is too recent for another fetch
   */
  lookup(policy) {
    this.#restartLostFlight()
    return this.#carryOut(this.#state.lookUp(policy, clock.now()))
  }

  /**
   * The keys, if they serve without a step of the cache's.
   *
   * @param {Policy} policy
   */
  settled(policy) {
    const { keys, refresh } = this.#state.lookUp(policy, clock.now())
    return refresh ? undefined : keys
  }

  /**
   * What to do for a token whose key is not in `seen`: take the keys that have arrived since, wait for a refresh, or,
   * within the cooldown, undefined: nothing.
   *
   * @param {Policy} policy
   * @param {Keys} seen
   * @returns {Lookup | undefined}
   * @throws {AuthError} `jwks_unavailable`
   */
  lookupUnknownKid(policy, seen) {
    this.#restartLostFlight()
    const plan = this.#state.lookUpUnknownKid(policy, seen, clock.now())
    return plan && this.#carryOut(plan)
  }

  /**
   * Waits for a flight, and for the next where it is lost. Where it fails, keys that may serve stale do.
   *
   * @param {KeyFlight} flight
   * @param {Policy} policy
   * @param {Deadline} deadline
   * @returns {Promise<Keys>}
   * @throws {AuthError} `jwks_unavailable`
   */
  async wait(flight, policy, deadline) {
    // The caller has waited before, and the keys that served it then lack the key of its token.
    if (deadline.left() <= 0) return this.#state.afterWait(policy, false, clock.now())
    for (;;) {
      const left = deadline.left()
      if (left <= 0) return this.#state.afterWait(policy, true, clock.now())
      const landing = await flight.landingWithin(left)
      if (landing !== undefined) {
        return landing.keys ?? this.#state.afterWait(policy, landing.error.isOutage, clock.now())
      }
      this.#restartLostFlight()
      flight = flight.successor ?? flight
    }
  }

  /** Whether the entry has neither a flight nor a back-off, so that it may be forgotten. */
  get isIdle() {
    return this.#flight === undefined && this.#state.mayFly(clock.now())
  }

  /**
   * Takes keys that another process has fetched, unless some are here.
   *
   * @param {Keys} keys
   * @param {number} fetchedAt
   */
  seed(keys, fetchedAt) {
    this.#state.seed(keys, fetchedAt, clock.now())
  }

  /** The keys, however old, and their age. */
  keys() {
    return this.#state.keys(clock.now())
  }

  /** How the keys fare: see `getJwksStatus` in index.d.ts. */
  status() {
    const { jwksUri, ...others } = this.#state.status(this.#url, clock.now())
    /** @type {JwksStatus} */
    const status = { jwksUri, engine: 'portable', ...others }
    return this.#flight?.isLost ? { ...status, isFetching: false } : status
  }

  /**
   * @param {Plan} plan
   * @returns {Lookup}
   */
  #carryOut({ keys, refresh, refusal }) {
    if (refusal !== undefined) throw refusal
    if (keys === undefined) return { keys, flight: this.#flight ?? this.#fly() }
    if (refresh) this.#fly()
    return { keys, flight: undefined }
  }

  #fly() {
    const flight = new Flight(this.#url, (landing) => {
      // A flight that was given up for lost must not bring old keys back.
      if (this.#flight !== flight) return
      this.#flight = undefined
      this.#state.land(landing, clock.now())
      tellOfFetch(this.status())
    })
    this.#flight = flight
    this.#state.takeOff(clock.now())
    return flight
  }

  /** Whoever waited for the lost flight waits for the next: it may bring a key that a cooldown would let nobody ask for. */
  #restartLostFlight() {
    const lost = this.#flight
    if (!lost?.isLost) return
    this.#state.loseFlight()
    lost.successor = this.#fly()
  }
}

/**
 * The entry of a URL, made when it is first asked for.
 *
 * @param {string} url
 */
function entryOf(url) {
  const known = entries.get(url)
  if (known === undefined && entries.size >= MAX_URLS) forgetLongestIdle()
  const entry = known ?? new Entry(url)
  entries.delete(url)
  entries.set(url, entry)
  return entry
}

/**
 * The keys of a URL that serve a verifier without a step of the cache's: no entry is made, and no fetch begins.
 *
 * @param {Policy & { jwksUri: string }} settings
 */
function settledKeys(settings) {
  return entries.has(settings.jwksUri) ? entryOf(settings.jwksUri).settled(settings) : undefined
}

/** Forgets the least recently used URL of those that have neither a flight nor a back-off. */
function forgetLongestIdle() {
  for (const [url, entry] of entries) {
    if (entry.isIdle) return entries.delete(url)
  }
}

/**
 * Forgets the keys of a URL; says whether there were any. A flight under way answers those who wait for it and no one
 * after them.
 *
 * @type {EngineModule['forgetKeys']}
 */
function forgetKeys(url) {
  const entry = entries.get(url)
  entries.delete(url)
  raiseUnseedable(url, Date.now())
  return entry?.keys() !== undefined
}

/**
 * Gives a URL without keys those that another process has fetched: see Seed in contract.js.
 *
 * @param {string} url
 * @param {Keys} keys
 * @param {number} fetchedAt
 */
function seedKeys(url, keys, fetchedAt) {
  const until = unseedableUntil(url)
  // Where something was forgotten, a time ahead of this clock does not say that the keys were fetched after it.
  if (fetchedAt <= until || (until > Number.NEGATIVE_INFINITY && fetchedAt > Date.now())) return
  raiseUnseedable(url, fetchedAt)
  entryOf(url).seed(keys, fetchedAt)
}

/** @param {string} url */
function unseedableUntil(url) {
  return Math.max(unseedable.all, unseedable.byUrl.get(url) ?? unseedable.all)
}

/**
 * @param {string} url
 * @param {number} time
 */
function raiseUnseedable(url, time) {
  const { byUrl } = unseedable
  const until = Math.max(time, unseedableUntil(url))
  byUrl.delete(url)
  byUrl.set(url, until)
  if (byUrl.size <= MAX_URLS) return
  // The one that makes room counts for all from then on: keys that are not taken are fetched.
  const [oldest, displaced] = /** @type {[string, number]} */ (byUrl.entries().next().value)
  byUrl.delete(oldest)
  unseedable.all = Math.max(unseedable.all, Math.min(displaced, Date.now()))
}

/** @type {EngineModule['keysOf']} */
function keysOf(url) {
  const found = entries.get(url)?.keys()
  return found && { keys: found.keys.toJwks(), ageMs: found.ageMs }
}

/** Forgets all keys. */
function forgetAllKeys() {
  unseedable.all = Math.max(unseedable.all, Date.now())
  entries.clear()
}

/**
 * How the keys of each URL fare, the most recently used first.
 *
 * @type {EngineModule['keysStatus']}
 */
function keysStatus() {
  return [...entries.values()].reverse().map((entry) => entry.status())
}

module.exports = { Deadline, Entry, entryOf, forgetAllKeys, forgetKeys, keysOf, keysStatus, seedKeys, settledKeys }
