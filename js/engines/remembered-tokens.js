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

/** The most memory that the tokens of one set may take, in bytes, as estimated. */
const MAX_BYTES = 16 * 1024 * 1024

/** What each token takes beside its texts, and each member and audience of it, in bytes. */
const BYTES_OF_TOKEN = 200
const BYTES_OF_PART = 32

/** The characters of a token's end by which it is found: 132 bits of its signature. A string is hashed as a whole, and hashing all
 * of a token takes longer than all else here. */
const END_CHARS = 22

/**
 * One token: its payload, where no member of it holds others, or else the payload's JSON text. `isUsed` says whether it was recalled
 * since its place in the queue was last looked at.
 * @typedef {{ text: string, claims: Claims, payload: AuthPayload | undefined, json: string | undefined, cost: number,
 *   isUsed: boolean, next: RememberedToken | undefined }} RememberedToken
 */

/** A queue in which a token that was used gets a second chance, so that recalling it writes to nothing but itself. */
class RememberedTokens {
  /** @type {Map<string, RememberedToken>} */
  #byEnd = new Map()
  /** @type {RememberedToken | undefined} */
  #oldest
  /** @type {RememberedToken | undefined} */
  #newest
  /** The largest size that any verifier has asked for: one with a smaller size does not make others forget. */
  #size = 0
  #bytes = 0

  /**
   * A token that was remembered. Its claims are still to be checked.
   *
   * @param {string} token
   */
  recall(token) {
    const found = this.#byEnd.get(endOf(token))
    // All of the token is compared: another could have the same end.
    if (found === undefined || found.text !== token) return undefined
    found.isUsed = true
    return found
  }

  /**
   * Remembers a token that was verified. The longest unused ones make room for it.
   *
   * @param {string} token
   * @param {{ typ: string | undefined, payload: AuthPayload }} verified which the caller keeps
   * @param {number} size how many tokens a verifier wants to be remembered
   */
  remember(token, { typ, payload }, size) {
    if (token.length > MAX_REMEMBERED_BYTES || this.#byEnd.has(endOf(token))) return
    this.#size = Math.max(this.#size, size)
    const text = copyOf(token)
    const isFlat = Object.values(payload).every((value) => typeof value !== 'object' || value === null)
    const kept = isFlat ? sharing(payload, this.#newest?.payload) : payload
    const claims = readClaims(kept, typ)
    const remembered = {
      text,
      claims,
      payload: isFlat ? kept : undefined,
      json: isFlat ? undefined : partOf(text, 1),
      cost: costOf(text, claims, payload),
      isUsed: false,
      next: undefined,
    }
    this.#byEnd.set(endOf(text), remembered)
    this.#append(remembered)
    this.#bytes += remembered.cost
    this.#makeRoom()
  }

  #makeRoom() {
    while (this.#byEnd.size > this.#size || this.#bytes > MAX_BYTES) {
      const token = /** @type {RememberedToken} */ (this.#oldest)
      this.#oldest = token.next
      if (token.isUsed) {
        token.isUsed = false
        this.#append(token)
      } else {
        this.#byEnd.delete(endOf(token.text))
        this.#bytes -= token.cost
      }
    }
  }

  /** @param {RememberedToken} token */
  #append(token) {
    token.next = undefined
    if (this.#oldest === undefined || this.#newest === undefined) this.#oldest = token
    else this.#newest.next = token
    this.#newest = token
  }
}

/** @param {string} token */
function endOf(token) {
  return token.slice(-END_CHARS)
}

/**
 * The verdict on a remembered token at `now`, in seconds since the Unix epoch: only its claims are checked.
 *
 * @param {RememberedToken} token
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
 * A copy of a payload without members that hold others. A text that another payload has, too, is kept once: most tokens of a tenant
 * have the same issuer, audience, client and scopes.
 *
 * @param {AuthPayload} payload
 * @param {Record<string, unknown>} [other]
 * @returns {AuthPayload}
 */
function sharing(payload, other = {}) {
  /** @type {Record<string, unknown>} */
  const copy = { ...payload }
  for (const name of Object.keys(copy))
    if (typeof copy[name] === 'string' && copy[name] === other[name]) copy[name] = other[name]
  return /** @type {AuthPayload} */ (copy)
}

/**
 * The bytes that a token takes: its text, that of its payload, which is three quarters of that, and what its parts take.
 *
 * @param {string} text
 * @param {Claims} claims
 * @param {AuthPayload} payload
 */
function costOf(text, { aud }, payload) {
  const parts = Object.keys(payload).length + aud.length
  return BYTES_OF_TOKEN + 1.75 * text.length + BYTES_OF_PART * parts
}

/**
 * The text of a part of a verified token (RFC 7515 section 7.1).
 *
 * @param {string} token
 * @param {number} index
 */
function partOf(token, index) {
  return /** @type {string} */ (textOf(/** @type {Uint8Array} */ (decode(token.split('.')[index]))))
}

/**
 * The same text in memory of its own, as V8 gives it to a piece of a sum. A token is a piece of a header, which would be kept as a
 * whole.
 *
 * @param {string} text
 */
function copyOf(text) {
  return ` ${text}`.slice(1)
}

module.exports = { RememberedTokens, partOf, verdictOn }
