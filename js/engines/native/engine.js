'use strict'

// The engine in Rust: src/verifier.rs, reached through the addon.

/**
 * @import { AuthError as Refusal, AuthErrorCode, JwksStatus } from 'logto-authkit'
 * @import { Beginning, Engine as EngineContract, EngineModule, Settings, Verdict } from '../contract'
 * @import { Answer, NativeRecalled, NativeRefusal, NativeVerifier } from './addon'
 */

const { AuthError } = require('../../errors')
const { refusal } = require('../../verdict')
const { warnOfUnavailableKeys } = require('../../warnings')
const { MAX_TOKEN_BYTES } = require('../contract')
const { tellOfFetch } = require('../fetched')
const { verdictOn } = require('../remembered-tokens')
const { binding } = require('./binding')
const { TurnQueue, countOffLoop, runOffLoop } = require('./event-loop')
const { TokenMemory, forgetAllTokens, forgetTokens } = require('./token-memory')

// Taken at load: the fake timers of a test set no clock of Rust's.
const { now } = Date

/** @type {[AuthErrorCode, object][] | undefined} */
let constantRefusals
let isListening = false

const turns = new TurnQueue(
  () => binding().beginTurn(),
  (answer) => answer === binding().TURN_SPENT,
)

/**
 * Verifies tokens in the addon, for one verifier's settings.
 *
 * @implements {EngineContract}
 */
class Engine {
  #settings
  /** @type {NativeVerifier} */
  #handle
  /** @type {InstanceType<typeof TokenMemory> | undefined} */
  #memory

  /** @param {Settings & Beginning} settings */
  constructor(settings) {
    const { jwksUri, jwks, initialJwks, tokenCacheSize, skipJwksCache } = settings
    this.#settings = settings
    this.#handle = binding().createVerifier(settings)
    if (tokenCacheSize > 0 && !skipJwksCache) {
      this.#memory = new TokenMemory(this.#handle, jwks === undefined ? jwksUri : undefined, tokenCacheSize)
    }
    if (initialJwks !== undefined) binding().seedJwks(jwksUri, initialJwks.jwks, initialJwks.fetchedAt)
  }

  /**
   * @param {string} token
   * @returns {Verdict | Promise<Verdict>} a promise where keys have to be fetched first, or the turn of the event loop has
   *   no time left
   */
  verify(token) {
    if (token.length > MAX_TOKEN_BYTES) return tooLong()
    const wall = now()
    const known = this.#memory?.recall(token, wall)
    if (known !== undefined) return verdictOn(known, this.#settings, wall / 1000)
    listenToFetches()
    const answer = this.#verifyNow(token)
    if (answer === binding().KEYS_NEEDED) return this.#verifyOffLoop(token)
    if (answer === binding().TURN_SPENT) return this.#verifyLater(token)
    return this.#judge(token, answer)
  }

  /**
   * @param {string} token
   * @returns {Verdict} `jwks_unavailable` where keys have to be fetched first, too
   */
  verifySync(token) {
    if (token.length > MAX_TOKEN_BYTES) return tooLong()
    const wall = now()
    const known = this.#memory?.recall(token, wall)
    if (known !== undefined) return verdictOn(known, this.#settings, wall / 1000)
    // A caller that cannot wait always gets a share of the turn.
    binding().beginTurn()
    const answer = this.#verifyNow(token)
    if (answer !== binding().KEYS_NEEDED) return this.#judge(token, answer)
    return refusal(new AuthError('jwks_unavailable', { reason: 'no fresh keys: await prefetch() first' }))
  }

  /** Fetches the keys unless they are fresh. Rejects with `jwks_unavailable`. */
  async prefetch() {
    listenToFetches()
    const answer = await binding().prefetch(this.#handle)
    if (answer !== '') throw this.#noticed(readRefusal(answer))
  }

  /**
   * @param {string} token
   * @returns {Promise<Verdict>}
   */
  async #verifyLater(token) {
    if (!turns.isEmpty && countOffLoop() < binding().MOST_OFF_LOOP) return this.#verifyOffLoop(token)
    const answer = await turns.run(() => this.#verifyNow(token))
    return answer === binding().KEYS_NEEDED ? this.#verifyOffLoop(token) : readVerdict(answer)
  }

  /**
   * Waits for keys, too, if need be.
   *
   * @param {string} token
   */
  async #verifyOffLoop(token) {
    const verdict = readVerdict(await runOffLoop(binding().verifyLater(this.#handle, token)))
    if (verdict.error !== undefined) this.#noticed(verdict.error)
    return verdict
  }

  /**
   * Reports a failed fetch that went past the cache, of which the listeners never hear.
   *
   * @param {Refusal} error
   */
  #noticed(error) {
    const { skipJwksCache, jwksUri } = this.#settings
    if (skipJwksCache && error.code === 'jwks_unavailable') warnOfUnavailableKeys(jwksUri, String(error.details.reason))
    return error
  }

  /**
   * A token that is seen for the second time is remembered in this thread: most are seen once or often.
   *
   * @param {string} token
   * @param {Answer} answer of just now
   */
  #judge(token, answer) {
    const verdict = readVerdict(answer)
    if (isRecalled(answer)) this.#memory?.remember(token, verdict.payload)
    return verdict
  }

  /** @param {string} token */
  #verifyNow(token) {
    return binding().verifyNow(this.#handle, token)
  }
}

function tooLong() {
  return refusal(new AuthError('token_malformed', { reason: 'longer than 64 KiB' }))
}

/**
 * Reads an answer of the addon. Only a string is a yes, by itself or within what was recalled: the payload's own JSON text.
 *
 * @param {Answer} answer
 * @returns {Verdict}
 */
function readVerdict(answer) {
  const json = isRecalled(answer) ? answer.recalled : answer
  return typeof json === 'string' ? { payload: JSON.parse(json), error: undefined } : refusal(readRefusal(json))
}

/**
 * @param {Answer} answer
 * @returns {answer is NativeRecalled}
 */
function isRecalled(answer) {
  return typeof answer === 'object' && Object.hasOwn(answer, 'recalled')
}

/**
 * A refusal crosses as `{ code, details }`, or as its place among those that are the same each time.
 *
 * @param {NativeRefusal | number} answer
 */
function readRefusal(answer) {
  if (typeof answer === 'object') return new AuthError(answer.code, JSON.parse(answer.details))
  constantRefusals ??= binding()
    .constantRefusals()
    .map(({ code, details }) => [code, JSON.parse(details)])
  const [code, details] = constantRefusals[answer]
  return new AuthError(code, { ...details })
}

/** Listens to the end of each fetch, from the first call on. The listener does not keep the process alive. */
function listenToFetches() {
  if (isListening) return
  binding().listenToFetches((status) => tellOfFetch(withEngine(status)))
  isListening = true
}

/** @type {EngineModule['keysStatus']} */
function keysStatus() {
  return binding().jwksStatus().map(withEngine)
}

/**
 * @param {Omit<JwksStatus, 'engine'>} status
 * @returns {JwksStatus}
 */
function withEngine({ jwksUri, ...others }) {
  return { jwksUri, engine: 'native', ...others }
}

/** @type {EngineModule['keysOf']} */
function keysOf(url) {
  const found = binding().exportJwks(url)
  return found ? { keys: JSON.parse(found.jwks).keys, ageMs: found.ageMs } : undefined
}

/** @type {EngineModule['forgetKeys']} */
function forgetKeys(url) {
  forgetTokens(url)
  return binding().invalidateJwksCache(url)
}

/** @type {EngineModule['forgetAllKeys']} */
function forgetAllKeys() {
  forgetAllTokens()
  binding().clearJwksCache()
}

module.exports = { Engine, forgetAllKeys, forgetKeys, keysOf, keysStatus }
