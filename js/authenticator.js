'use strict'

const { Engine } = require('#engine')
const { AuthError, isRefusal } = require('./errors')
const { extractToken } = require('./extract-token')
const { guestOf } = require('./guest')
const { readOptions } = require('./options')

/**
 * How a request fared: `auth` where it may go on, as itself or as a guest; `error` where it was refused or could not be
 * judged.
 * @typedef {{ auth?: import('..').AuthContext, error?: AuthError, isFreshGuest: boolean }} Outcome
 */

/** Turns requests into outcomes, for one set of options. Express, Next.js and `verifyAuth` only differ in what they
 * make of an outcome. */
class Authenticator {
  /** @throws {AuthError} `options_invalid` */
  constructor(options) {
    this.settings = readOptions(options)
    this.engine = new Engine(this.settings)
  }

  /**
   * @param tokenOrRequest a string is a token, anything else a request
   * @returns {Outcome | Promise<Outcome>} a promise only where the engine has to wait, or to work elsewhere
   * @throws what is no AuthError: a bug
   */
  authenticate(tokenOrRequest) {
    try {
      const token = typeof tokenOrRequest === 'string' ? tokenOrRequest : this.#extract(tokenOrRequest)
      if (!token) throw new AuthError('token_missing')
      const payload = this.engine.verify(token)
      if (!(payload instanceof Promise)) return accepted(payload)
      return payload.then(accepted, (error) => this.#refused(error, tokenOrRequest))
    } catch (error) {
      return this.#refused(error, tokenOrRequest)
    }
  }

  /**
   * The context of a token, for callers that cannot wait.
   *
   * @throws {AuthError} never a guest
   */
  authenticateSync(token) {
    try {
      if (typeof token !== 'string' || token === '') throw new AuthError('token_missing')
      return accepted(this.engine.verifySync(token)).auth
    } catch (error) {
      if (error instanceof AuthError) this.observe(error, '')
      throw error
    }
  }

  /** Tells `onError` of a refusal, with the request that was refused; a token is kept to ourselves. */
  observe(error, tokenOrRequest) {
    const context = typeof tokenOrRequest === 'string' ? [] : [tokenOrRequest]
    this.settings.onError?.(error, ...context)
  }

  #extract(request) {
    return extractToken(request, this.settings.cookieName)
  }

  #refused(error, tokenOrRequest) {
    if (!(error instanceof AuthError)) throw error
    if (!this.settings.allowGuest || !isRefusal(error)) return { error, isFreshGuest: false }
    const { auth, isFresh } = guestOf(tokenOrRequest)
    return { auth, error, isFreshGuest: isFresh }
  }
}

function accepted(payload) {
  return { auth: { userId: payload.sub, isAuthenticated: true, payload, isGuest: false }, isFreshGuest: false }
}

/** Options objects are read once. */
const authenticators = new WeakMap()

/** The authenticator of an options object. */
function authenticatorFor(options) {
  let authenticator = authenticators.get(options)
  if (authenticator === undefined) {
    authenticator = new Authenticator(options)
    authenticators.set(options, authenticator)
  }
  return authenticator
}

module.exports = { Authenticator, authenticatorFor }
