'use strict'

// What is revoked, as it lies in memory: since when for users, clients and users within an organization; until when for single
// tokens. A look-up allocates nothing.

const { own } = require('../own')
const { namesOrganization, organizationIdOf } = require('../principal')

/** @import { AuthPayload } from 'logto-authkit' */

/** The most entries that are kept. One takes some 90 bytes. */
const MAX_ENTRIES = 1_000_000

/** The seconds by which the clocks of tenant, log and processes may differ before an entry goes too early. */
const CLOCK_MARGIN = 600

/** No cutoff: no time is before it, not even that of a token without a time. */
const NONE = Number.NaN

/** Everything that is revoked. Times are in seconds since the Unix epoch. */
class Cutoffs {
  #maxTokenLifetime
  /** @type {Map<string, number>} */
  #users = new Map()
  /** @type {Map<string, number>} */
  #clients = new Map()
  /** Until when a token has to be remembered, by `jti`. @type {Map<string, number>} */
  #tokens = new Map()
  /** By user, then by organization. @type {Map<string, Map<string, number>>} */
  #members = new Map()
  #memberships = 0
  /** Tokens that are not newer are revoked, whosever they are: entries of that time had to make room. */
  #floor = NONE
  /** The latest time of any entry. One that comes late is older than those before it. */
  #latest = Number.NEGATIVE_INFINITY

  /** @param {number} maxTokenLifetime in seconds */
  constructor(maxTokenLifetime) {
    this.#maxTokenLifetime = maxTokenLifetime
  }

  /** The number of entries. */
  get size() {
    return this.#users.size + this.#clients.size + this.#tokens.size + this.#memberships
  }

  /**
   * @param {string} sub
   * @param {number} cutoff
   */
  addUser(sub, cutoff) {
    raise(this.#users, sub, cutoff)
    this.#makeRoom(cutoff)
  }

  /**
   * @param {string} clientId
   * @param {number} cutoff
   */
  addClient(clientId, cutoff) {
    raise(this.#clients, clientId, cutoff)
    this.#makeRoom(cutoff)
  }

  /**
   * @param {string} sub
   * @param {string} organizationId
   * @param {number} cutoff
   */
  addMember(sub, organizationId, cutoff) {
    const memberships = this.#members.get(sub) ?? new Map()
    this.#memberships -= memberships.size
    raise(memberships, organizationId, cutoff)
    this.#memberships += memberships.size
    // The one that was changed last comes last, so that the oldest are found first.
    this.#members.delete(sub)
    this.#members.set(sub, memberships)
    this.#makeRoom(cutoff)
  }

  /**
   * @param {string} jti
   * @param {number} exp the token's own
   * @param {number} time of the revocation
   */
  addToken(jti, exp, time) {
    raise(this.#tokens, jti, exp)
    this.#makeRoom(time)
  }

  /**
   * Whether a verified token is revoked. One without `iat` could be of any time.
   *
   * @param {AuthPayload} payload
   */
  revokes(payload) {
    const iat = own(payload, 'iat')
    // A revocation is of a whole second.
    const time = typeof iat === 'number' ? Math.floor(iat) : Number.NEGATIVE_INFINITY
    if (time <= this.#floor) return true
    const { sub } = payload
    if (time <= cutoffIn(this.#users, sub)) return true
    if (this.#clients.size > 0 && time <= cutoffIn(this.#clients, own(payload, 'client_id'))) return true
    if (this.#tokens.size > 0 && this.#tokens.has(own(payload, 'jti'))) return true
    const memberships = this.#members.get(sub)
    return memberships !== undefined && time <= cutoffOf(memberships, payload)
  }

  /**
   * Forgets what no token can be old enough for.
   *
   * @param {number} now
   */
  sweep(now) {
    const oldest = now - this.#maxTokenLifetime - CLOCK_MARGIN
    sweep(this.#users, oldest)
    sweep(this.#clients, oldest)
    sweep(this.#tokens, now - CLOCK_MARGIN)
    for (const [sub, memberships] of this.#members) {
      const before = memberships.size
      sweep(memberships, oldest)
      this.#memberships += memberships.size - before
      if (memberships.size > 0) break
      this.#members.delete(sub)
    }
    if (this.#floor < oldest) this.#floor = NONE
  }

  /**
   * Past the bound, the oldest entries go, and every token of their time is revoked in their stead: too many, never too few.
   *
   * @param {number} time of the entry that was added
   */
  #makeRoom(time) {
    this.#latest = Math.max(this.#latest, time)
    if (this.size <= MAX_ENTRIES) return
    // A tenant's clock may be ahead by the margin.
    this.sweep(time - CLOCK_MARGIN)
    for (const map of [this.#users, this.#clients]) {
      for (const [id, cutoff] of map) {
        if (this.size <= MAX_ENTRIES) return
        map.delete(id)
        this.#raiseFloor(cutoff)
      }
    }
    // Memberships and single tokens are dropped whole, for lack of an order among them.
    if (this.size <= MAX_ENTRIES) return
    this.#members.clear()
    this.#memberships = 0
    this.#tokens.clear()
    this.#raiseFloor(this.#latest)
  }

  /** @param {number} time */
  #raiseFloor(time) {
    if (!(this.#floor >= time)) this.#floor = time
  }
}

/**
 * The cutoff for a token of a user who left organizations. A token of none of them may still carry scopes that the user had
 * through any: it is held against the latest.
 *
 * @param {Map<string, number>} memberships
 * @param {AuthPayload} payload
 */
function cutoffOf(memberships, payload) {
  const id = organizationIdOf(payload)
  if (id !== null) return cutoffIn(memberships, id)
  if (namesOrganization(payload)) return Number.POSITIVE_INFINITY
  let latest = Number.NEGATIVE_INFINITY
  for (const time of memberships.values()) latest = Math.max(latest, time)
  return latest
}

/**
 * @param {Map<string, number>} map
 * @param {string} id
 */
function cutoffIn(map, id) {
  return map.get(id) ?? NONE
}

/**
 * Sets a time that only grows, and makes it the last in the map's order.
 *
 * @param {Map<string, number>} map
 * @param {string} id
 * @param {number} time
 */
function raise(map, id, time) {
  const latest = Math.max(map.get(id) ?? time, time)
  map.delete(id)
  map.set(id, latest)
}

/**
 * Entries come about in the order of their times, so the first that is young enough ends the search.
 *
 * @param {Map<string, number>} map
 * @param {number} oldest
 */
function sweep(map, oldest) {
  for (const [id, time] of map) {
    if (time >= oldest) return
    map.delete(id)
  }
}

module.exports = { CLOCK_MARGIN, Cutoffs }
