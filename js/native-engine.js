'use strict'

const { binding } = require('./binding')
const { AuthError } = require('./errors')
const { mayWorkHere, workElsewhere, workHere } = require('./event-loop')

let codes

/** Verifies tokens in the addon, for one verifier's settings. */
class Engine {
  #settings
  #handle

  constructor(settings) {
    this.#settings = settings
  }

  /**
   * @param {string} token
   * @returns the payload; a promise of it where keys must be fetched first or the event loop has had its share of work
   * @throws {AuthError} also as the promise's rejection
   */
  verify(token) {
    const addon = binding()
    const verifier = this.#verifier()
    let answer = addon.recall(verifier, token)
    if (answer === null && mayWorkHere()) answer = workHere(addon.verifyHere, verifier, token)
    if (answer !== null) return readPayload(answer)
    return workElsewhere(addon.verifyLater(verifier, token)).then(readPayload)
  }

  /**
   * @param {string} token
   * @returns the payload
   * @throws {AuthError} `jwks_unavailable` where keys must be fetched first, too
   */
  verifySync(token) {
    const verifier = this.#verifier()
    const answer = binding().recall(verifier, token) ?? workHere(binding().verifyHere, verifier, token)
    if (answer === null) throw new AuthError('jwks_unavailable', { reason: 'no fresh keys: await prefetch() first' })
    return readPayload(answer)
  }

  /** Fetches the keys if they are not fresh. Rejects with `jwks_unavailable`. */
  async prefetch() {
    const answer = await binding().prefetch(this.#verifier())
    if (answer !== '') throw readRefusal(answer)
  }

  #verifier() {
    this.#handle ??= binding().createVerifier(this.#settings)
    return this.#handle
  }
}

/** Only a string is a yes: the payload's own JSON text. */
function readPayload(answer) {
  if (typeof answer !== 'string') throw readRefusal(answer)
  return JSON.parse(answer)
}

/** A refusal crosses as the number of its code, or with details as `{ code, details }`. */
function readRefusal(answer) {
  codes ??= binding().refusalCodes()
  if (typeof answer === 'number') return new AuthError(codes[answer])
  return new AuthError(codes[answer.code], JSON.parse(answer.details))
}

/** Forgets the keys of a URL. A fetch under way answers those who wait for it and no one after them. */
function forgetKeys(url) {
  binding().invalidateJwksCache(url)
}

/** Forgets all keys. */
function forgetAllKeys() {
  binding().clearJwksCache()
}

module.exports = { Engine, forgetAllKeys, forgetKeys }
