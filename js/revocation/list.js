'use strict'

/**
 * @import { AuthPayload, RevocationEntry, RevocationList as List, RevocationListOptions, RevocationLog } from 'logto-authkit'
 * @import { Moment } from '../engines/portable/jwks/clock'
 */

const { revocationsBehind } = require('#diagnostics')
const { elapsed, now } = require('../engines/portable/jwks/clock')
const { takeOptions } = require('../given-options')
const { invalid, refuseOthers } = require('../option-values')
const { own, ownMembers } = require('../own')
const { warnOfMissedRevocations } = require('../warnings')
const { CLOCK_MARGIN, Cutoffs } = require('./cutoffs')
const { isId, isTime, readEntry } = require('./entries')
const { entriesOf } = require('./events')
const { MemoryLog } = require('./memory-log')

const ONE_HOUR = 3_600
const ONE_DAY = 24 * ONE_HOUR

/** A log says at least this often, in milliseconds, that there is nothing new. One that is silent for longer is away. */
const HEARTBEAT_MS = 3_000

const NO_TIME = 'the log gave no time in milliseconds'

/**
 * What marks a list, whichever copy of this package has made it: bundlers give each of their bundles one, and these may share a list
 * by `globalThis`. The number changes with what the copies have to agree on.
 */
const MARK = Symbol.for('logto-authkit.revocation-list')
const AGREEMENT = 1

const KNOWN = ['log', 'maxTokenLifetime', 'whenBehind', 'maxBehindMs']

/**
 * Tokens that are refused before their time. Every process that follows the same log refuses the same.
 *
 * @implements {List}
 */
class RevocationList {
  [MARK] = AGREEMENT
  #settings
  #cutoffs
  /** When the list was first used: where Workers load a module, there is no time yet. @type {Moment | undefined} */
  #start
  /** When the log last said that this process knows all of it. */
  #caughtUp = now()
  #wasEverCaughtUp = false
  #skipped = 0
  /** @type {string | null} */
  #lastError = null

  /** @param {RevocationListOptions} options */
  constructor(options) {
    this.#settings = readListOptions(options)
    this.#cutoffs = new Cutoffs(this.#settings.maxTokenLifetime)
    this.#settings.log.follow({
      since: Date.now() - (this.#settings.maxTokenLifetime + ONE_HOUR) * 1_000,
      onEntry: (entry, time) => this.#hear(entry, time),
      onCaughtUp: () => this.#noteCaughtUp(),
      onError: (error) => this.#noteError(error),
    })
  }

  /** @type {List['revokeUser']} */
  async revokeUser(sub, options) {
    const { organizationId, ...others } = ownMembers(options)
    refuseOthers(others)
    // One that is there and undefined is a variable that is not set: it would revoke everything of the user.
    const isGiven = options !== undefined && Object.hasOwn(options, 'organizationId')
    if (isGiven && !isId(organizationId)) throw invalid('organizationId', 'not an id')
    await this.#append({ type: 'user', ids: [idOf('sub', sub)], organizationId })
  }

  /** @type {List['revokeClient']} */
  async revokeClient(clientId) {
    await this.#append({ type: 'client', ids: [idOf('clientId', clientId)] })
  }

  /** @type {List['revokeToken']} */
  async revokeToken(jti, options) {
    const { exp } = ownMembers(options)
    if (!isTime(exp)) throw invalid('exp', 'not a time in seconds')
    await this.#append({ type: 'token', ids: [idOf('jti', jti)], exp })
  }

  /** @type {List['apply']} */
  async apply(event) {
    const entries = entriesOf(event)
    for (const entry of entries) await this.#append(entry)
    return entries.length > 0
  }

  /** @type {List['status']} */
  status() {
    this.#sweep()
    const behindMs = this.#behindMs()
    return {
      entries: this.#cutoffs.size,
      isBehind: behindMs > 0,
      behindMs,
      skipped: this.#skipped,
      lastError: this.#lastError,
    }
  }

  /**
   * Why a verified token is refused; undefined where it is not. Costs no I/O. Not yet an error: each copy of this package has a
   * class of its own.
   *
   * @param {AuthPayload} payload
   * @returns {{ code: 'token_revoked' | 'revocations_unavailable', details: object } | undefined}
   */
  refusalOf(payload) {
    if (this.#cutoffs.revokes(payload)) return { code: 'token_revoked', details: {} }
    const { whenBehind, maxBehindMs } = this.#settings
    if (whenBehind === 'serve' || this.#behindMs() <= maxBehindMs) return undefined
    return { code: 'revocations_unavailable', details: { reason: this.#lastError ?? 'the log is silent' } }
  }

  /** @param {RevocationEntry} entry */
  async #append(entry) {
    const time = await this.#settings.log.append(entry)
    if (!isTime(time)) throw new TypeError(NO_TIME)
    // The log tells of it, too, but perhaps later than the caller.
    this.#take(entry, time)
  }

  /**
   * @param {unknown} value
   * @param {unknown} time
   */
  #hear(value, time) {
    if (isTime(time)) return this.#take(value, time)
    this.#skipped += 1
    this.#noteError(new TypeError(NO_TIME))
  }

  /**
   * @param {unknown} value
   * @param {number} milliseconds the log's time of the entry: the clocks of processes may differ
   */
  #take(value, milliseconds) {
    const entry = readEntry(value)
    if (entry === undefined) {
      this.#skipped += 1
      return
    }
    const time = Math.floor(milliseconds / 1_000)
    const { type, ids, organizationId, exp = 0 } = entry
    // A time in the future would keep out whoever signs in anew, until then. The tenant's clock may be ahead by a little.
    const at = Math.min(entry.at ?? time, time + CLOCK_MARGIN)
    for (const id of ids) {
      if (type === 'token') this.#cutoffs.addToken(id, exp, at)
      else if (type === 'client') this.#cutoffs.addClient(id, at)
      else if (organizationId === undefined) this.#cutoffs.addUser(id, at)
      else this.#cutoffs.addMember(id, organizationId, at)
    }
    this.#sweep()
  }

  /** By the clock that is behind: one that is set ahead for a moment would have entries forgotten for good. */
  #sweep() {
    this.#start ??= now()
    const { wall, monotonic } = now()
    this.#cutoffs.sweep(Math.min(wall, this.#start.wall + monotonic - this.#start.monotonic) / 1_000)
  }

  #noteCaughtUp() {
    this.#caughtUp = now()
    this.#wasEverCaughtUp = true
    this.#lastError = null
  }

  /** @param {unknown} error */
  #noteError(error) {
    const reason = error instanceof Error ? error.message : String(error)
    this.#lastError = reason
    if (revocationsBehind.hasSubscribers) revocationsBehind.publish({ behindMs: this.#behindMs(), reason })
    warnOfMissedRevocations(reason)
  }

  /** For how long there may be entries that this process does not know, in milliseconds; 0 where it knows all. */
  #behindMs() {
    if (this.#settings.isMemory) return 0
    const then = this.#caughtUp
    const silence = this.#wasEverCaughtUp ? elapsed(then, now()) : now().monotonic - then.monotonic
    const isFine = this.#wasEverCaughtUp && this.#lastError === null && silence <= HEARTBEAT_MS
    return isFine ? 0 : Math.max(1, Math.round(silence))
  }
}

/** @param {RevocationListOptions} options */
function readListOptions(options = {}) {
  const given = takeOptions(options)
  refuseOthers(given, KNOWN)
  const { maxTokenLifetime = ONE_DAY, whenBehind = 'serve', maxBehindMs = 10_000 } = given
  if (!isTime(maxTokenLifetime) || maxTokenLifetime === 0) throw invalid('maxTokenLifetime', 'not a number of seconds')
  if (!['serve', 'refuse'].includes(whenBehind)) throw invalid('whenBehind', 'none of serve, refuse')
  if (!isTime(maxBehindMs)) throw invalid('maxBehindMs', 'not a number of milliseconds')
  return { ...readLog(given), maxTokenLifetime, whenBehind, maxBehindMs }
}

/**
 * @param {Record<string, any>} given
 * @returns {{ log: RevocationLog, isMemory: boolean }}
 */
function readLog(given) {
  // A log that is there and undefined is one that failed to be made: a fleet would take each process's memory for it.
  if (!('log' in given)) return { log: new MemoryLog(), isMemory: true }
  const { log } = given
  if (typeof log?.append !== 'function' || typeof log.follow !== 'function') {
    throw invalid('log', 'not a log, with the methods append and follow')
  }
  return { log, isMemory: false }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function idOf(name, value) {
  if (!isId(value)) throw invalid(name, 'not an id')
  return value
}

/** @type {typeof import('logto-authkit').createRevocationList} */
function createRevocationList(options) {
  return new RevocationList(options ?? {})
}

/**
 * A list as the layer above the engines asks it.
 * @typedef {InstanceType<typeof RevocationList>} Revocations
 *
 * @param {unknown} value
 * @returns {value is Revocations}
 */
function isRevocationList(value) {
  return own(Object(value), /** @type {any} */ (MARK)) === AGREEMENT
}

module.exports = { createRevocationList, isRevocationList }
