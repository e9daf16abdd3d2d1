'use strict'

/**
 * @import { AuthenticatedContext, AuthPayload, GuestContext, VerifyAuthOptions } from 'logto-authkit'
 * @import { AuthError as Refusal } from 'logto-authkit'
 * @import { Engine as EngineContract, Verdict } from './engines/contract'
 */

const { guest, refused, verified } = require('#diagnostics')
const { Engine } = require('#engine')
const { AuthError, isRefusal } = require('./errors')
const { refuseExchangeable } = require('./exchangeable')
const { extractToken } = require('./extract-token')
const { Snapshot, takeOptions } = require('./given-options')
const { guestOf } = require('./guest')
const { couldBeClientId, looksLikeIdToken } = require('./id-token')
const { readOptions } = require('./options')
const { isThenable } = require('./thenable')
const { refusal } = require('./verdict')
const { warnOfFailedOnError, warnOfIdToken } = require('./warnings')

/**
 * The result of a request: `auth` if the request may go on, as a user or as a guest; `error` if it was refused or could not
 * be judged. Each member is there, as in a verdict. The payload is `any`, since an app declares the claims of its own tokens.
 *
 * @typedef {{ auth: AuthenticatedContext<any>, error: undefined, isFreshGuest: false }
 *   | { auth: GuestContext, error: Refusal, isFreshGuest: boolean }
 *   | { auth: undefined, error: Refusal, isFreshGuest: false }} Outcome
 *
 * An outcome that lets a request go on.
 * @typedef {Exclude<Outcome, { auth: undefined }>} Admission
 */

/** Turns requests into outcomes, for one set of options. Express, Next.js and `verifyAuth` only differ in what they
 * make of an outcome. */
class Authenticator {
  /** Whether to look for ID tokens: until the first one, and only if an audience is such that one could be accepted. */
  #looksForIdTokens

  /**
   * @param {VerifyAuthOptions} options
   * @throws {AuthError} `options_invalid`
   */
  constructor(options) {
    this.settings = readOptions(options)
    /** @type {EngineContract} */
    this.engine = new Engine(this.settings)
    this.#looksForIdTokens = this.settings.audience.some(couldBeClientId)
  }

  /**
   * @param {unknown} tokenOrRequest a string is a token, anything else a request
   * @returns {Outcome | Promise<Outcome>} a promise only where the engine has to wait, or leaves the event loop
   * @throws what is no AuthError: a bug
   */
  authenticate(tokenOrRequest) {
    const verdict = this.#judge(tokenOrRequest)
    if (!isThenable(verdict)) return this.#conclude(verdict, tokenOrRequest)
    return verdict.then((settled) => this.#conclude(settled, tokenOrRequest))
  }

  /**
   * The context of a token, for callers that cannot wait.
   *
   * @param {string} token
   * @throws {AuthError} never a guest
   */
  authenticateSync(token) {
    const isToken = typeof token === 'string' && token !== ''
    const { payload, error } = isToken
      ? (refuseExchangeable(token) ?? this.engine.verifySync(token))
      : refusal(new AuthError('token_missing'))
    if (error === undefined) return this.#accept(payload, token)
    this.observe(error, '')
    throw this.#refuse(error)
  }

  /**
   * Tells `onError` of a refusal, with the request that was refused, but never with a token. A throw or rejection of
   * `onError` changes nothing.
   *
   * @param {Refusal} error
   * @param {unknown} tokenOrRequest
   */
  observe(error, tokenOrRequest) {
    const context = typeof tokenOrRequest === 'string' ? [] : [tokenOrRequest]
    try {
      /** @type {any} */
      const promise = this.settings.onError?.(error, ...context)
      if (isThenable(promise)) promise.then(undefined, warnOfFailedOnError)
    } catch (thrown) {
      warnOfFailedOnError(thrown)
    }
  }

  /**
   * @param {unknown} tokenOrRequest
   * @returns {Verdict | Promise<Verdict>}
   */
  #judge(tokenOrRequest) {
    const token = this.#tokenOf(tokenOrRequest)
    if (!token) return refusal(new AuthError('token_missing'))
    try {
      return refuseExchangeable(token) ?? this.engine.verify(token)
    } catch (error) {
      if (error instanceof AuthError) return refusal(error)
      throw error
    }
  }

  /**
   * @param {unknown} tokenOrRequest
   * @returns {string | undefined}
   */
  #tokenOf(tokenOrRequest) {
    return typeof tokenOrRequest === 'string' ? tokenOrRequest : extractToken(tokenOrRequest, this.settings)
  }

  /**
   * @param {Verdict} verdict
   * @param {unknown} tokenOrRequest
   * @returns {Outcome}
   */
  #conclude({ payload, error }, tokenOrRequest) {
    if (error === undefined) return { auth: this.#accept(payload, tokenOrRequest), error, isFreshGuest: false }
    if (!this.settings.allowGuest || !isRefusal(error)) {
      return { auth: undefined, error: this.#refuse(error), isFreshGuest: false }
    }
    const { auth, isFresh } = guestOf(tokenOrRequest)
    const { jwksUri } = this.settings
    if (guest.hasSubscribers) guest.publish({ jwksUri, guestId: auth.guestId, isFresh, code: error.code })
    return { auth, error, isFreshGuest: isFresh }
  }

  /**
   * Only a payload that is an object is a yes. Any other verdict without an error is a bug, and lets nobody in.
   *
   * @param {AuthPayload} payload
   * @param {unknown} tokenOrRequest
   * @returns {AuthenticatedContext<any>}
   */
  #accept(payload, tokenOrRequest) {
    if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
      throw new TypeError('the engine gave no verdict')
    }
    const userId = payload.sub
    if (this.#looksForIdTokens && looksLikeIdToken(payload, () => this.#tokenOf(tokenOrRequest))) {
      this.#looksForIdTokens = false
      warnOfIdToken(this.settings)
    }
    if (verified.hasSubscribers) verified.publish({ jwksUri: this.settings.jwksUri, userId })
    return { userId, isAuthenticated: true, payload, isGuest: false }
  }

  /** @param {Refusal} error */
  #refuse(error) {
    if (refused.hasSubscribers) {
      const { code, status, details } = error
      refused.publish({ jwksUri: this.settings.jwksUri, code, status, details })
    }
    return error
  }
}

/**
 * The authenticator of each options object, with a snapshot of the object from when the authenticator was made.
 *
 * @type {WeakMap<VerifyAuthOptions, { authenticator: Authenticator, snapshot: InstanceType<typeof Snapshot> }>}
 */
const authenticators = new WeakMap()

/**
 * The authenticator of an options object. An object that has changed since is read anew.
 *
 * @param {VerifyAuthOptions} options
 */
function authenticatorFor(options) {
  const known = authenticators.get(options)
  if (known?.snapshot.matches(options)) return known.authenticator
  const given = takeOptions(options)
  const authenticator = new Authenticator(/** @type {VerifyAuthOptions} */ (given))
  authenticators.set(options, { authenticator, snapshot: new Snapshot(given) })
  return authenticator
}

module.exports = { Authenticator, authenticatorFor }
