'use strict'

// The state machine of one JWKS URL: what is known of the keys, and what a call may do at a given moment. It has no I/O and
// no clock, so that tests can drive it through an hour; cache.js carries its plans out. Mirrors src/jwks/state.rs.

/**
 * @import { AuthError as Refusal, JwksStatus } from 'logto-authkit'
 * @import { Settings } from '../../contract'
 * @import { Moment } from './clock'
 * @import { Failure } from './fetch'
 * @import { Keys } from './key-set'
 */

const { AuthError } = require('../../../errors')
const { ago, elapsed } = require('./clock')

/** The longest that a flight may take, whichever caller started it. */
const FLIGHT_LIMIT_MS = 5_000

/** The delay past a limit that shows that the process was frozen, and neither the endpoint nor a caller was slow. */
const OVERSLEPT_MS = 1_000

/** The part of the TTL after which a refresh starts in the background: a point of this range, drawn anew for each set, so
 * that processes which fetched together do not refresh together. */
const REFRESH_AFTER = [0.6, 0.9]

/** The same for the first set and for the first after a failure: start-ups and outages bring a fleet into step, and only a
 * wider range takes it out of step before the TTL is over. */
const FIRST_REFRESH_AFTER = [0.1, 0.9]

/** The least time between a fetch and the next fetch for an unknown `kid`. The first such fetch of a URL is exempt. */
const UNKNOWN_KID_COOLDOWN_MS = 30_000

/** The pauses after the first, second, … consecutive failure; the last pause repeats. */
const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000]

/** The longest pause that `Retry-After` can ask for. */
const MOST_RETRY_AFTER_MS = 60_000

/**
 * How one caller wants keys to be kept.
 * @typedef {Pick<Settings, 'jwksCacheTtlMs' | 'jwksMaxStaleMs' | 'jwksTimeoutMs'>} Policy
 *
 * What a call does: verify with `keys` (and start a flight in the background where `refresh` says so); wait for the flight
 * under way, or start one and wait for it; or refuse.
 * @typedef {{ keys: Keys, refresh: boolean, refusal: undefined } |
 *   { keys: undefined, refresh: false, refusal: Refusal | undefined }} Plan
 *
 * How a fetch ended: one of the two.
 * @typedef {{ keys: Keys, error: undefined } | { keys: undefined, error: Failure }} Fetched
 */

/**
 * The plan of waiting. Each plan has all its members: see Verdict in contract.js.
 *
 * @type {Plan}
 */
const FLY = { keys: undefined, refresh: false, refusal: undefined }

/** The knowledge about the keys of one URL. */
class State {
  /**
   * `fetchedAt` is when the flight that brought them took off, in this process or another: the answer may be as old as that.
   *
   * @type {{ keys: Keys, fetchedAt: Moment, refreshAfter: number } | undefined}
   */
  #current
  /** @type {Moment | undefined} */
  #flyingSince
  /** @type {Moment | undefined} */
  #lastAttempt
  /** @type {{ count: number, failedAt: Moment, pauseMs: number, error: Failure } | undefined} */
  #failure
  #isFreeRefreshSpent = false

  /**
   * What a call does that needs keys.
   *
   * @param {Policy} policy
   * @param {Moment} now
   * @returns {Plan}
   */
  lookUp(policy, now) {
    const age = this.#age(now)
    const isFresh = age < policy.jwksCacheTtlMs
    if (this.#current === undefined || (!isFresh && !this.#mayServeStale(policy, now))) return this.#flyOrRefuse(now)
    const isDue = age >= policy.jwksCacheTtlMs * this.#current.refreshAfter
    const refresh = (isDue || !isFresh) && !this.isFlying && this.mayFly(now)
    return { keys: this.#current.keys, refresh, refusal: undefined }
  }

  /**
   * What a call does whose token names a key that is not in `seen`: begin again where other keys have arrived since, wait
   * for a refresh or, within the cooldown, undefined: refuse the token.
   *
   * @param {Policy} policy
   * @param {Keys} seen
   * @param {Moment} now
   * @returns {Plan | undefined}
   */
  lookUpUnknownKid(policy, seen, now) {
    // The call may have woken long after those keys arrived, so their age decides as for any call.
    if (this.#current !== undefined && this.#current.keys !== seen) return this.lookUp(policy, now)
    // While the endpoint is failing, nobody can tell whether the key exists.
    if (this.isFlying || this.#failure !== undefined) return this.#flyOrRefuse(now)
    const hasCooledDown = this.#lastAttempt === undefined || elapsed(this.#lastAttempt, now) >= UNKNOWN_KID_COOLDOWN_MS
    if (!hasCooledDown && this.#isFreeRefreshSpent) return undefined
    this.#isFreeRefreshSpent = true
    return FLY
  }

  /**
   * The keys for a call that has waited in vain: the current keys, if an outage lets them serve. Where the last answer denied the
   * keys, a call that ran out of time does not make an outage of it.
   *
   * @param {Policy} policy
   * @param {boolean} isOutage
   * @param {Moment} now
   * @returns {Keys}
   * @throws {AuthError} `jwks_unavailable`
   */
  afterWait(policy, isOutage, now) {
    const mayServe = isOutage && this.#failure?.error.isOutage !== false && this.#isWithinStaleBound(policy, now)
    if (this.#current !== undefined && mayServe) return this.#current.keys
    throw this.#unavailable(now)
  }

  /** @param {Moment} now */
  takeOff(now) {
    this.#flyingSince = now
    this.#lastAttempt = now
  }

  /**
   * A flight has ended.
   *
   * @param {Fetched} fetched
   * @param {Moment} now
   */
  land({ keys, error }, now) {
    const started = this.#flyingSince ?? now
    this.#flyingSince = undefined
    // The process was frozen meanwhile, so that the flight says nothing of the endpoint.
    if (elapsed(started, now) >= FLIGHT_LIMIT_MS + OVERSLEPT_MS) return
    if (error === undefined) this.#renew(keys, started)
    else this.#fail(error, now)
  }

  /** A flight is given up: nobody knows how it ended. */
  loseFlight() {
    this.#flyingSince = undefined
  }

  /** Whether a flight is under way. */
  get isFlying() {
    return this.#flyingSince !== undefined
  }

  /**
   * Takes keys that another process has fetched, unless some are here.
   *
   * @param {Keys} keys
   * @param {number} fetchedAt in milliseconds since the Unix epoch
   * @param {Moment} now
   */
  seed(keys, fetchedAt, now) {
    if (this.#current === undefined) this.#keep(keys, ago(now, Math.max(0, now.wall - fetchedAt)), FIRST_REFRESH_AFTER)
  }

  /**
   * The keys, however old, and their age.
   *
   * @param {Moment} now
   */
  keys(now) {
    return this.#current && { keys: this.#current.keys, ageMs: this.#age(now) }
  }

  /**
   * Whether no back-off keeps the next flight from starting.
   *
   * @param {Moment} now
   */
  mayFly(now) {
    return this.#pauseLeft(now) === 0
  }

  /**
   * @param {string} jwksUri
   * @param {Moment} now
   * @returns {Omit<JwksStatus, 'engine'>}
   */
  status(jwksUri, now) {
    const failure = this.#failure
    return {
      jwksUri,
      keys: this.#current?.keys.count ?? 0,
      ...(this.#current && { ageMs: this.#age(now) }),
      isFetching: this.isFlying,
      ...(failure && {
        failure: {
          count: failure.count,
          reason: failure.error.message,
          retryAfterMs: this.#pauseLeft(now),
          isOutage: failure.error.isOutage,
        },
      }),
    }
  }

  /**
   * @param {Moment} now
   * @returns {Plan}
   */
  #flyOrRefuse(now) {
    if (this.isFlying || this.mayFly(now)) return FLY
    return { keys: undefined, refresh: false, refusal: this.#unavailable(now) }
  }

  /**
   * @param {Keys} keys
   * @param {Moment} started
   */
  #renew(keys, started) {
    const isFirst = this.#current === undefined || this.#failure !== undefined
    // The set that is here, if nothing has changed, so that its remembered tokens stay.
    const kept = this.#current?.keys.isSameAs(keys) ? this.#current.keys : keys
    this.#keep(kept, started, isFirst ? FIRST_REFRESH_AFTER : REFRESH_AFTER)
    this.#failure = undefined
  }

  /**
   * @param {Keys} keys
   * @param {Moment} fetchedAt
   * @param {number[]} refreshAfter the bounds of the part of the TTL
   */
  #keep(keys, fetchedAt, [from, to]) {
    this.#current = { keys, fetchedAt, refreshAfter: from + (to - from) * Math.random() }
  }

  /**
   * @param {Failure} error
   * @param {Moment} now
   */
  #fail(error, now) {
    const count = (this.#failure?.count ?? 0) + 1
    const askedFor = Math.min(error.retryAfterMs ?? 0, MOST_RETRY_AFTER_MS)
    this.#failure = { count, failedAt: now, pauseMs: Math.max(backoffMs(count), askedFor), error }
  }

  /** @param {Moment} now */
  #age(now) {
    return this.#current === undefined ? Number.POSITIVE_INFINITY : elapsed(this.#current.fetchedAt, now)
  }

  /**
   * The milliseconds until the next attempt may be made.
   *
   * @param {Moment} now
   */
  #pauseLeft(now) {
    if (this.#failure === undefined) return 0
    return Math.max(0, this.#failure.pauseMs - elapsed(this.#failure.failedAt, now))
  }

  /**
   * @param {Policy} policy
   * @param {Moment} now
   */
  #mayServeStale(policy, now) {
    return this.#failure?.error.isOutage === true && this.#isWithinStaleBound(policy, now)
  }

  /**
   * @param {Policy} policy
   * @param {Moment} now
   */
  #isWithinStaleBound({ jwksCacheTtlMs, jwksMaxStaleMs }, now) {
    return this.#age(now) < jwksCacheTtlMs + jwksMaxStaleMs
  }

  /** @param {Moment} now */
  #unavailable(now) {
    if (this.#failure === undefined) {
      const reason = 'no complete answer in the time this call allows'
      return new AuthError('jwks_unavailable', { reason, retryAfterSeconds: 1 })
    }
    const retryAfterSeconds = Math.max(1, Math.ceil(this.#pauseLeft(now) / 1000))
    return new AuthError('jwks_unavailable', { reason: this.#failure.error.message, retryAfterSeconds })
  }
}

/**
 * The pause after that many consecutive failures, up to a fifth shorter or longer so that servers do not retry in step.
 *
 * @param {number} failures
 */
function backoffMs(failures) {
  return BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1] * (0.8 + 0.4 * Math.random())
}

module.exports = { FLIGHT_LIMIT_MS, OVERSLEPT_MS, State }
