'use strict'

// What one verifier of this thread recalls without a call to Rust, and until when it may. Rust says which key set serves, and for
// how long it will unless the epoch advances (src/jwks/epoch.rs); the epoch is read without a call.

/** @import { NativeVerifier } from './addon' */

const { own } = require('../../own')
const { RememberedTokens, partOf } = require('../remembered-tokens')
const { binding } = require('./binding')

/** How long the epoch and the wall clock alone are looked at: nobody sets the monotonic clock, but reading it takes a third of all
 * that a recalled token costs. */
const LOOK_MS = 1_000

/** The most URLs whose tokens are kept, as in src/jwks/cache.rs. */
const MAX_URLS = 1_000

/**
 * The tokens of each URL's key set, for all verifiers of this thread.
 *
 * @type {Map<string, { set: number, tokens: InstanceType<typeof RememberedTokens> }>}
 */
const byUrl = new Map()

/**
 * The memory in which Rust counts epochs for this thread; null where the runtime copies it, so that nothing would ever change there.
 *
 * @type {Uint32Array | null | undefined}
 */
let epochs

class TokenMemory {
  #handle
  #url
  #size
  /** @type {InstanceType<typeof RememberedTokens> | undefined} */
  #tokens
  /** @type {number | undefined} */
  #set
  #epoch = 0
  #untilWall = 0
  #untilMonotonic = 0
  /** The times by the wall clock of the last look at all of these, and of the next. */
  #lookedAt = 0
  #lookAt = 0

  /**
   * @param {NativeVerifier} handle
   * @param {string | undefined} url undefined for keys that this verifier has alone
   * @param {number} size
   */
  constructor(handle, url, size) {
    this.#handle = handle
    this.#url = url
    this.#size = size
  }

  /**
   * A token that a key of the set which serves now has verified. Its claims are still to be checked.
   *
   * @param {string} token
   * @param {number} wall the time, in milliseconds since the Unix epoch
   */
  recall(token, wall) {
    if (epochs?.[0] !== this.#epoch || wall < this.#lookedAt || wall >= this.#lookAt) this.#look(wall)
    return this.#tokens?.recall(token)
  }

  /**
   * Remembers a token that was verified since the last {@link recall}, with no turn of the event loop between. If its key came
   * with a newer set, the epoch has advanced, and what was remembered for the older one is never asked for again.
   *
   * @param {string} token
   * @param {any} payload
   */
  remember(token, payload) {
    if (this.#tokens === undefined) return
    const header = JSON.parse(partOf(token, 0))
    this.#tokens.remember(token, { typ: own(header, 'typ'), payload }, this.#size)
  }

  /**
   * Looks at the epoch and at both clocks, and asks Rust where the answer it gave may be true no longer.
   *
   * @param {number} wall
   */
  #look(wall) {
    const monotonic = performance.now()
    const isSettled = epochs?.[0] === this.#epoch && wall < this.#untilWall && monotonic < this.#untilMonotonic
    if (!isSettled) this.#ask(wall, monotonic)
    this.#lookedAt = wall
    this.#lookAt = Math.min(wall + LOOK_MS, this.#untilWall)
  }

  /**
   * @param {number} wall
   * @param {number} monotonic
   */
  #ask(wall, monotonic) {
    if (epochs === undefined) epochs = shareEpochs()
    if (epochs === null) return
    // Read first: what happens from here on shows in the next call.
    this.#epoch = epochs[0]
    const keys = binding().keysInUse(this.#handle)
    if (keys?.set !== this.#set) this.#tokens = keys === null ? undefined : this.#tokensOf(keys.set)
    this.#set = keys?.set
    const settledForMs = keys?.settledForMs ?? 0
    this.#untilWall = wall + settledForMs
    this.#untilMonotonic = monotonic + settledForMs
  }

  /** @param {number} set */
  #tokensOf(set) {
    if (this.#url === undefined) return new RememberedTokens()
    const known = byUrl.get(this.#url)
    if (known?.set === set) return known.tokens
    const tokens = new RememberedTokens()
    byUrl.delete(this.#url)
    byUrl.set(this.#url, { set, tokens })
    if (byUrl.size > MAX_URLS) byUrl.delete(/** @type {string} */ (byUrl.keys().next().value))
    return tokens
  }
}

function shareEpochs() {
  const shared = binding().shareEpoch()
  const before = shared[0]
  binding().advanceEpoch()
  return shared[0] === before ? null : shared
}

/**
 * Forgets the tokens of a URL, to free their memory: without their keys they are not asked for.
 *
 * @param {string} url
 */
function forgetTokens(url) {
  byUrl.delete(url)
}

/** Forgets the tokens of all URLs. */
function forgetAllTokens() {
  byUrl.clear()
}

module.exports = { TokenMemory, forgetAllTokens, forgetTokens }
