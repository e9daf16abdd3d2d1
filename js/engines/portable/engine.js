'use strict'

// The way of one token to a verdict, in five steps: take the token apart, find its key, verify the signature, read the
// claims, check them. Mirrors src/verifier.rs; WebCrypto verifies.

/**
 * @import { Engine as EngineContract, EngineModule, Settings, Verdict } from '../contract'
 * @import { Lookup } from './jwks/cache'
 * @import { Keys, NoKey } from './jwks/key-set'
 * @import { Jws } from './token'
 */

const { AuthError } = require('../../errors')
const { refusal } = require('../../verdict')
const { warnOfUnavailableKeys } = require('../../warnings')
const { checkClaims } = require('./claims')
const { Deadline, entryOf, forgetAllKeys, forgetKeys, keysStatus } = require('./jwks/cache')
const { fetchKeys } = require('./jwks/fetch')
const { quote } = require('../../quote')
const { parseToken } = require('./token')
const { verifyToken } = require('./verified-token')

/**
 * Verifies tokens for the settings of one verifier. The keys belong to the process, not to the engine.
 *
 * @implements {EngineContract}
 */
class Engine {
  #settings

  /** @param {Settings} settings */
  constructor(settings) {
    this.#settings = settings
  }

  /**
   * @param {string} token
   * @returns {Promise<Verdict>}
   */
  async verify(token) {
    try {
      return { payload: await this.#verify(token), error: undefined }
    } catch (error) {
      if (error instanceof AuthError) return refusal(error)
      throw error
    }
  }

  /**
   * @returns {never}
   * @throws {AuthError} `options_invalid`, always: WebCrypto answers only with promises
   */
  verifySync() {
    const problem = 'not available in Edge runtimes, where signatures are verified asynchronously: await verify()'
    throw new AuthError('options_invalid', { option: 'verifySync', problem })
  }

  /** Fetches the keys unless they are fresh. Rejects with `jwks_unavailable`. */
  async prefetch() {
    if (this.#settings.skipJwksCache) {
      await this.#fetchAlone()
      return
    }
    const deadline = new Deadline(this.#settings)
    const entry = entryOf(this.#settings.jwksUri)
    const { flight } = entry.lookup(this.#settings)
    if (flight !== undefined) await entry.wait(flight, this.#settings, deadline)
  }

  /** @param {string} token */
  async #verify(token) {
    const jws = parseToken(token)
    const key = await this.#findKey(jws)
    const { claims, payload } = await verifyToken(jws, key)
    checkClaims(claims, this.#settings, Date.now() / 1000)
    return payload
  }

  /**
   * The key of a token. Waits for the fetches that it takes.
   *
   * @param {Jws} jws
   * @throws {AuthError} `key_not_found`, `algorithm_not_allowed`, `jwks_unavailable`
   */
  async #findKey(jws) {
    if (this.#settings.skipJwksCache) {
      const { key, noKey } = (await this.#fetchAlone()).select(jws)
      if (noKey !== undefined) throw refusalOf(noKey, jws)
      return key
    }
    const deadline = new Deadline(this.#settings)
    const entry = entryOf(this.#settings.jwksUri)
    /** @type {Lookup | undefined} */
    let lookup = entry.lookup(this.#settings)
    for (;;) {
      /** @type {Keys} */
      const keys = lookup.keys ?? (await entry.wait(lookup.flight, this.#settings, deadline))
      const { key, noKey } = keys.select(jws)
      if (key !== undefined) return key
      lookup = noKey === 'unknown' ? entry.lookupUnknownKid(this.#settings, keys) : undefined
      if (lookup === undefined) throw refusalOf(noKey, jws)
    }
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

/**
 * @param {NoKey} noKey
 * @param {Jws} jws
 */
function refusalOf(noKey, { kid, algorithm }) {
  if (noKey === 'other_algorithm') return new AuthError('algorithm_not_allowed', { found: algorithm })
  return new AuthError('key_not_found', { kid: kid === undefined ? null : quote(kid) })
}

/** @type {EngineModule} */
module.exports = { Engine, forgetAllKeys, forgetKeys, keysStatus }
