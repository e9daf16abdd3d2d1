'use strict'

const { AuthError } = require('../errors')
const { checkClaims, readClaims } = require('./claims')
const { entryOf, forgetAllKeys, forgetKeys, keysStatus } = require('./entries')
const { fetchKeys } = require('./fetch-keys')
const { parseObject } = require('./strict-json')
const { malformed, parseToken } = require('./token')

/** Verifies tokens with WebCrypto, for one verifier's settings, by the native engine's rules. */
class Engine {
  #settings
  #policy

  constructor(settings) {
    this.#settings = settings
    this.#policy = {
      ttlMs: settings.jwksCacheTtlMs,
      maxStaleMs: settings.jwksMaxStaleMs,
      timeoutMs: settings.jwksTimeoutMs,
    }
  }

  /**
   * @param {string} token
   * @returns {Promise<{ payload?: object, error?: AuthError }>} one of the two
   */
  async verify(token) {
    try {
      return { payload: await this.#verify(token) }
    } catch (error) {
      if (error instanceof AuthError) return { error }
      throw error
    }
  }

  async #verify(token) {
    const jws = parseToken(token)
    if (this.#settings.skipJwksCache) return this.#judge(jws, await this.#fetchAlone())
    const deadline = performance.now() + this.#policy.timeoutMs
    const entry = entryOf(this.#settings.jwksUri)
    let lookup = entry.lookup(this.#policy)
    for (;;) {
      const keys = lookup.keys ?? (await entry.wait(lookup.flight, this.#policy, deadline))
      lookup = this.#lookFurther(entry, jws, keys)
      if (lookup === undefined) return this.#judge(jws, keys)
    }
  }

  /** @throws {AuthError} `options_invalid`, always: WebCrypto answers with promises alone */
  verifySync() {
    const problem = 'not available in Edge runtimes, where signatures are verified asynchronously: await verify()'
    throw new AuthError('options_invalid', { option: 'verifySync', problem })
  }

  /** Fetches the keys if they are not fresh. Rejects with `jwks_unavailable`. */
  async prefetch() {
    if (this.#settings.skipJwksCache) {
      await this.#fetchAlone()
      return
    }
    const entry = entryOf(this.#settings.jwksUri)
    const { flight } = entry.lookup(this.#policy)
    if (flight !== undefined) await entry.wait(flight, this.#policy, performance.now() + this.#policy.timeoutMs)
  }

  async #fetchAlone() {
    try {
      return await fetchKeys(this.#settings.jwksUri, this.#policy.timeoutMs)
    } catch (error) {
      throw new AuthError('jwks_unavailable', { reason: error.message, retryAfterSeconds: 1 })
    }
  }

  /** Where to look for the key of a token that is not in `keys`; undefined where these will do. */
  #lookFurther(entry, jws, keys) {
    try {
      keys.select(jws)
    } catch (refusal) {
      if (refusal.code === 'key_not_found') return entry.lookupUnknownKid(this.#policy, keys)
    }
    return undefined
  }

  async #judge(jws, keys) {
    const key = keys.select(jws)
    if (!(await key.verifies(jws))) throw new AuthError('signature_invalid')
    const payload = parseObject(jws.payload)
    if (payload === undefined) throw malformed('the payload is not a JSON object of unique members')
    checkClaims(readClaims(payload, jws.typ), this.#settings, Date.now() / 1000)
    return payload
  }
}

module.exports = { Engine, forgetAllKeys, forgetKeys, keysStatus }
