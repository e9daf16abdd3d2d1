'use strict'

// The way of one token to a verdict, in five steps: take the token apart, find its key, verify the signature, read the
// claims, check them. Mirrors src/verifier.rs.

/**
 * @import { Beginning, Engine as EngineContract, Settings, Verdict } from '../contract'
 * @import { Lookup } from './jwks/cache'
 * @import { Keys, NoKey } from './jwks/key-set'
 * @import { Key } from './signature'
 * @import { Jws } from './token'
 * @import { VerifiedToken } from './verified-token'
 */

const { AuthError } = require('../../errors')
const { refusal } = require('../../verdict')
const { warnOfUnavailableKeys } = require('../../warnings')
const { refusalOfClaims } = require('../claims')
const { verdictOn } = require('../remembered-tokens')
const {
  Deadline,
  entryOf,
  forgetAllKeys,
  forgetKeys,
  keysOf,
  keysStatus,
  seedKeys,
  settledKeys,
} = require('./jwks/cache')
const { FixedKeys } = require('./jwks/fixed')
const { KeySet } = require('./jwks/key-set')
const { fetchKeys } = require('./jwks/fetch')
const { quote } = require('../../quote')
const { canVerifySync } = require('./signature')
const { parseToken } = require('./token')
const { verifyToken, verifyTokenSync } = require('./verified-token')

/**
 * Where keys come from.
 * @typedef {ReturnType<typeof entryOf> | InstanceType<typeof FixedKeys>} Source
 *
 * The key of a token, and the set it is of.
 * @typedef {{ key: Key, keys: Keys }} Found
 */

/**
 * Verifies tokens for the settings of one verifier. The keys belong to the process, not to the engine, but for fixed ones.
 *
 * @implements {EngineContract}
 */
class Engine {
  #settings
  /** @type {InstanceType<typeof FixedKeys> | undefined} */
  #fixed

  /** @param {Settings & Beginning} settings */
  constructor(settings) {
    const { jwksUri, jwks, initialJwks } = settings
    this.#settings = settings
    if (jwks !== undefined) this.#fixed = new FixedKeys(keySetOf(jwks))
    if (initialJwks !== undefined) seedKeys(jwksUri, keySetOf(initialJwks.jwks), initialJwks.fetchedAt)
  }

  /**
   * @param {string} token
   * @returns {Verdict | Promise<Verdict>} a promise unless the token is remembered
   */
  verify(token) {
    return this.#recall(token) ?? this.#verifyAnew(token)
  }

  /** @param {string} token */
  async #verifyAnew(token) {
    try {
      return { payload: await this.#verify(token), error: undefined }
    } catch (error) {
      return refusalIn(error)
    }
  }

  /**
   * @param {string} token
   * @returns {Verdict} `jwks_unavailable` where keys have to be fetched first, too
   * @throws {AuthError} `options_invalid` in Edge runtimes, whose cryptography answers only with promises
   */
  verifySync(token) {
    if (!canVerifySync) {
      const problem = 'not available in Edge runtimes, where signatures are verified asynchronously: await verify()'
      throw new AuthError('options_invalid', { option: 'verifySync', problem })
    }
    const known = this.#recall(token)
    if (known !== undefined) return known
    try {
      const jws = parseToken(token)
      const { key, keys } = this.#findKeySync(jws)
      return { payload: this.#accept(jws, verifyTokenSync(jws, key), keys), error: undefined }
    } catch (error) {
      return refusalIn(error)
    }
  }

  /** Fetches the keys unless they are fresh. Rejects with `jwks_unavailable`. */
  async prefetch() {
    if (this.#settings.skipJwksCache) {
      await this.#fetchAlone()
      return
    }
    const deadline = new Deadline(this.#settings)
    const source = this.#source()
    const { flight } = source.lookup(this.#settings)
    if (flight !== undefined) await source.wait(flight, this.#settings, deadline)
  }

  /** @param {string} token */
  async #verify(token) {
    const jws = parseToken(token)
    const { key, keys } = await this.#findKey(jws)
    return this.#accept(jws, await verifyToken(jws, key), keys)
  }

  /**
   * The verdict on a token that the keys which serve now have verified before.
   *
   * @param {string} token
   * @returns {Verdict | undefined}
   */
  #recall(token) {
    if (!this.#remembers) return undefined
    const keys = this.#fixed?.settled() ?? settledKeys(this.#settings)
    const known = keys?.tokens.recall(token)
    return known && verdictOn(known, this.#settings, Date.now() / 1000)
  }

  /**
   * The payload of a token that was verified just now.
   *
   * @param {Jws} jws
   * @param {VerifiedToken} verified
   * @param {Keys} keys
   * @throws {AuthError} the first check of its claims that fails
   */
  #accept({ text, typ }, { claims, payload }, keys) {
    if (this.#remembers) keys.tokens.remember(text, { typ, payload }, this.#settings.tokenCacheSize)
    const refusal = refusalOfClaims(claims, this.#settings, Date.now() / 1000)
    if (refusal !== undefined) throw refusal
    return payload
  }

  get #remembers() {
    return this.#settings.tokenCacheSize > 0 && !this.#settings.skipJwksCache
  }

  /**
   * The key of a token, and the set it is of. Waits for the fetches that it takes.
   *
   * @param {Jws} jws
   * @returns {Promise<Found>}
   * @throws {AuthError} `key_not_found`, `algorithm_not_allowed`, `jwks_unavailable`
   */
  async #findKey(jws) {
    if (this.#settings.skipJwksCache) {
      const keys = await this.#fetchAlone()
      const { key, noKey } = keys.select(jws)
      if (noKey !== undefined) throw refusalOf(noKey, jws)
      return { key, keys }
    }
    const deadline = new Deadline(this.#settings)
    const source = this.#source()
    let lookup = source.lookup(this.#settings)
    for (;;) {
      const keys = lookup.keys ?? (await source.wait(lookup.flight, this.#settings, deadline))
      const { key, next } = this.#nextStep(source, jws, keys)
      if (next === undefined) return { key, keys }
      lookup = next
    }
  }

  /**
   * The same of the keys that are there.
   *
   * @param {Jws} jws
   * @returns {Found}
   */
  #findKeySync(jws) {
    if (this.#settings.skipJwksCache) throw keysNeeded()
    const source = this.#source()
    let lookup = source.lookup(this.#settings)
    for (;;) {
      const { keys } = lookup
      if (keys === undefined) throw keysNeeded()
      const { key, next } = this.#nextStep(source, jws, keys)
      if (next === undefined) return { key, keys }
      lookup = next
    }
  }

  /** Where the keys come from. */
  #source() {
    return this.#fixed ?? entryOf(this.#settings.jwksUri)
  }

  /**
   * The key of this set for the token or, without one, the lookup that may bring a newer set.
   *
   * @param {Source} source
   * @param {Jws} jws
   * @param {Keys} keys
   * @returns {{ key: Key, next: undefined } | { key: undefined, next: Lookup }}
   */
  #nextStep(source, jws, keys) {
    const { key, noKey } = keys.select(jws)
    if (key !== undefined) return { key, next: undefined }
    const next = noKey === 'unknown' ? source.lookupUnknownKid(this.#settings, keys) : undefined
    if (next === undefined) throw refusalOf(noKey, jws)
    return { key, next }
  }

  async #fetchAlone() {
    try {
      return await fetchKeys(this.#settings.jwksUri, this.#settings.jwksTimeoutMs)
    } catch (error) {
      warnOfUnavailableKeys(this.#settings.jwksUri, error.message)
      throw new AuthError('jwks_unavailable', { reason: error.message, retryAfterSeconds: 1 })
    }
  }
}

/** @param {string} jwks in which js/key-options.js has found a usable key */
function keySetOf(jwks) {
  return /** @type {Keys} */ (KeySet.parse(new TextEncoder().encode(jwks)))
}

/**
 * A refusal as a verdict; anything else is thrown.
 *
 * @param {unknown} error
 */
function refusalIn(error) {
  if (error instanceof AuthError) return refusal(error)
  throw error
}

function keysNeeded() {
  return new AuthError('jwks_unavailable', { reason: 'no fresh keys: await prefetch() first' })
}

/**
 * @param {NoKey} noKey
 * @param {Jws} jws
 */
function refusalOf(noKey, { kid, algorithm }) {
  if (noKey === 'other_algorithm') return new AuthError('algorithm_not_allowed', { found: algorithm })
  return new AuthError('key_not_found', { kid: kid === undefined ? null : quote(kid) })
}

module.exports = { Engine, forgetAllKeys, forgetKeys, keysOf, keysStatus }
