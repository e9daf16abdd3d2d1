'use strict'

// The tokens whose signature a key of one set has verified: a client sends the same token with many requests. An entry is good
// for that set alone, so whoever keeps the entries keeps them with the set.

/**
 * @import { AuthPayload } from 'logto-authkit'
 * @import { Claims } from './claims'
 * @import { Settings, Verdict } from './contract'
 */

const { refusal } = require('../verdict')
const { readClaims, refusalOfClaims } = require('./claims')
const { decode } = require('./portable/base64url')
const { textOf } = require('./portable/json-text')

/** The longest token that is remembered, in bytes. Logto's have some 700. */
const MAX_REMEMBERED_BYTES = 4 * 1024

/** The most memory that the tokens of one set may take, in bytes, as {@link costOf} estimates it. */
const MAX_BYTES = 16 * 1024 * 1024

/** What each token takes beside its text, and each member or element of its payload, in bytes. */
const BYTES_OF_TOKEN = 240
const BYTES_OF_MEMBER = 40

/** The characters of a token's end by which it is found: 132 bits of its signature. A string is hashed as a whole, and hashing all
 * of a token takes longer than all else here. */
const END_CHARS = 22

/**
 * One token. What it says is read when it is seen for the second time, since most are seen once or often. `payload` is a template
 * of values alone, `json` the text of any other payload; one of the two is there.
 * @typedef {{ text: string, cost: number, isUsed: boolean, claims: Claims | undefined, payload: AuthPayload | undefined,
 *   json: string | undefined }} RememberedToken
 */

class RememberedTokens {
  /** @type {Map<string, RememberedToken>} the oldest first */
  #byEnd = new Map()
  /** The largest size that any verifier has asked for: one with a smaller size does not make others forget. */
  #size = 0
  #bytes = 0

  /**
   * A token that was remembered. Its claims are still to be checked.
   *
   * @param {string} token
   * @returns {RememberedToken & { claims: Claims } | undefined}
   */
  recall(token) {
    const found = this.#byEnd.get(token.slice(-END_CHARS))
    // All of the token is compared: another could have the same end.
    if (found === undefined || found.text !== token) return undefined
    found.isUsed = true
    if (found.claims === undefined) this.#read(found)
    return /** @type {any} */ (found)
  }

  /**
   * Remembers a token that was verified. The longest unused ones make room for it.
   *
   * @param {string} token
   * @param {number} size how many tokens a verifier wants to be remembered
   */
  remember(token, size) {
    if (token.length > MAX_REMEMBERED_BYTES) return
    this.#size = Math.max(this.#size, size)
    const text = copyOf(token)
    const end = text.slice(-END_CHARS)
    this.#forget(end)
    const cost = BYTES_OF_TOKEN + text.length
    this.#byEnd.set(end, { text, cost, isUsed: false, claims: undefined, payload: undefined, json: undefined })
    this.#bytes += cost
    this.#makeRoom()
  }

  /** @param {RememberedToken} token */
  #read(token) {
    const [header, payload] = token.text.split('.').map(partOf)
    const { typ } = JSON.parse(header)
    const members = JSON.parse(payload)
    token.claims = readClaims(members, typ)
    if (isFlat(members)) token.payload = members
    else token.json = payload
    const more = payload.length + BYTES_OF_MEMBER * payload.split(',').length
    token.cost += more
    this.#bytes += more
    this.#makeRoom()
  }

  /** Forgets the oldest that were not used since the last search, until what is left is within the bounds. */
  #makeRoom() {
    for (const [end, token] of this.#byEnd) {
      if (this.#byEnd.size <= this.#size && this.#bytes <= MAX_BYTES) return
      this.#forget(end)
      if (token.isUsed) this.#keep(end, token)
    }
  }

  /**
   * @param {string} end
   * @param {RememberedToken} token
   */
  #keep(end, token) {
    token.isUsed = false
    this.#byEnd.set(end, token)
    this.#bytes += token.cost
  }

  /** @param {string} end */
  #forget(end) {
    const token = this.#byEnd.get(end)
    if (token === undefined) return
    this.#byEnd.delete(end)
    this.#bytes -= token.cost
  }
}

/**
 * The verdict on a remembered token at `now`, in seconds since the Unix epoch: only its claims are checked.
 *
 * @param {RememberedToken & { claims: Claims }} token
 * @param {Settings} settings
 * @param {number} now
 * @returns {Verdict}
 */
function verdictOn(token, settings, now) {
  const error = refusalOfClaims(token.claims, settings, now)
  return error === undefined ? { payload: payloadOf(token), error } : refusal(error)
}

/**
 * The payload of a remembered token, for one caller alone: what JSON.parse would give.
 *
 * @param {RememberedToken} token
 * @returns {AuthPayload}
 */
function payloadOf({ payload, json }) {
  return json === undefined ? /** @type {AuthPayload} */ ({ ...payload }) : JSON.parse(json)
}

/**
 * Whether no member of a payload holds others, so that a copy of its members is all its own.
 *
 * @param {object} payload
 */
function isFlat(payload) {
  return Object.values(payload).every((value) => typeof value !== 'object' || value === null)
}

/**
 * The text of a part of a verified token (RFC 7515 section 7.1).
 *
 * @param {string} part
 */
function partOf(part) {
  return /** @type {string} */ (textOf(/** @type {Uint8Array} */ (decode(part))))
}

/**
 * The same text in memory of its own. A token is a piece of a header, which would be kept as a whole.
 *
 * @param {string} text
 */
function copyOf(text) {
  return JSON.parse(JSON.stringify(text))
}

module.exports = { RememberedTokens, verdictOn }
