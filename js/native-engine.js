'use strict'

const { keysFetched, keysStale } = require('#diagnostics')
const { binding } = require('./binding')
const { AuthError } = require('./errors')
const { isCrowdedElsewhere, takeNextTurn, workElsewhere } = require('./event-loop')

let constantRefusals
let isListening = false

/** Verifies tokens in the addon, for one verifier's settings. */
class Engine {
  #settings
  #handle

  constructor(settings) {
    this.#settings = settings
  }

  /**
   * @param {string} token
   * @returns {Verdict | Promise<Verdict>} a promise where keys must be fetched first or the event loop has had its share of work
   */
  verify(token) {
    listenToFetches()
    const answer = binding().verifyHere(this.#verifier(), token)
    return answer === null ? this.#verifyLater(token) : readVerdict(answer)
  }

  /**
   * @param {string} token
   * @returns {Verdict} `jwks_unavailable` where keys must be fetched first, too
   */
  verifySync(token) {
    const answer = this.#verifyAtOnce(token)
    if (answer !== null) return readVerdict(answer)
    return { error: new AuthError('jwks_unavailable', { reason: 'no fresh keys: await prefetch() first' }) }
  }

  /** Fetches the keys if they are not fresh. Rejects with `jwks_unavailable`. */
  async prefetch() {
    listenToFetches()
    const answer = await binding().prefetch(this.#verifier())
    if (answer !== '') throw readRefusal(answer)
  }

  async #verifyLater(token) {
    const nextTurn = takeNextTurn()
    if (nextTurn !== undefined || isCrowdedElsewhere()) {
      await nextTurn
      const answer = this.#verifyAtOnce(token)
      if (answer !== null) return readVerdict(answer)
    }
    return readVerdict(await workElsewhere(binding().verifyLater(this.#verifier(), token)))
  }

  #verifyAtOnce(token) {
    binding().beginTurn()
    return binding().verifyHere(this.#verifier(), token)
  }

  #verifier() {
    this.#handle ??= binding().createVerifier(this.#settings)
    return this.#handle
  }
}

/**
 * What an engine says of a token: one of the two.
 * @typedef {{ payload?: object, error?: AuthError }} Verdict
 */

/** Only a string is a yes: the payload's own JSON text. */
function readVerdict(answer) {
  return typeof answer === 'string' ? { payload: JSON.parse(answer) } : { error: readRefusal(answer) }
}

/** A refusal crosses as `{ code, details }`, or as its place among those that are the same each time. */
function readRefusal(answer) {
  if (typeof answer === 'object') return new AuthError(answer.code, JSON.parse(answer.details))
  constantRefusals ??= binding()
    .constantRefusals()
    .map(({ code, details }) => [code, JSON.parse(details)])
  const [code, details] = constantRefusals[answer]
  return new AuthError(code, { ...details })
}

/** Passes the ends of fetches on, from the first call with somebody to tell. */
function listenToFetches() {
  if (isListening || !(keysFetched.hasSubscribers || keysStale.hasSubscribers)) return
  isListening = true
  binding().listenToFetches((status) => {
    const channel = status.failure === undefined ? keysFetched : keysStale
    if (channel.hasSubscribers) channel.publish(status)
  })
}

/** How the keys of each URL fare: see `getJwksStatus` in index.d.ts. */
function keysStatus() {
  return binding().jwksStatus()
}

/** Forgets the keys of a URL. A fetch under way answers those who wait for it and no one after them. */
function forgetKeys(url) {
  binding().invalidateJwksCache(url)
}

/** Forgets all keys. */
function forgetAllKeys() {
  binding().clearJwksCache()
}

module.exports = { Engine, forgetAllKeys, forgetKeys, keysStatus }
