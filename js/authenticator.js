'use strict'

/**
 * @import { AuthenticatedContext, AuthOptions, AuthPayload, GuestContext } from 'logto-authkit'
 * @import { AuthError as Refusal } from 'logto-authkit'
 * @import { AuthorizationSettings } from './authorization-options'
 * @import { Engine, Verdict } from './engines/contract'
 */

const { guest, refused, verified } = require('#diagnostics')
const { Authorization } = require('./authorization')
const { AuthError, isRefusal, nameResourceMetadata } = require('./errors')
const { refuseExchangeable } = require('./exchangeable')
const { extractToken } = require('./extract-token')
const { Snapshot, takeOptions } = require('./given-options')
const { guestOf } = require('./guest')
const { couldBeClientId, looksLikeIdToken } = require('./id-token')
const { readOptions } = require('./options')
const { engineFor, jwksUriFor } = require('./tenants')
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
 * What one call says beside its token or request: `organization` stands in place of the option; with `mayBeGuest` false,
 * `allowGuest` is not heeded.
 * @typedef {{ organization?: AuthorizationSettings['organization'], mayBeGuest?: boolean }} CallOptions
 *
 * What was given, the token that was found in it, and what the call says beside it.
 * @typedef {{ tokenOrRequest: unknown, token: string | undefined, call: CallOptions }} Asked
 *
 * An outcome that lets a request go on.
 * @typedef {Exclude<Outcome, { auth: undefined }>} Admission
 */

/** @type {Readonly<CallOptions>} */
const NO_CALL_OPTIONS = Object.freeze({ __proto__: null, organization: undefined })

/** Turns requests into outcomes, for one set of options. Express, Next.js and `verifyAuth` only differ in what they
 * make of an outcome. */
class Authenticator {
  /** Whether to look for ID tokens: until the first one, and only if an audience is such that one could be accepted. */
  #looksForIdTokens
  #authorization

  /**
   * @param {AuthOptions} options
   * @throws {AuthError} `options_invalid`
   */
  constructor(options) {
    this.settings = readOptions(options)
    /** @type {Engine} */
    this.engine = engineFor(this.settings)
    this.#authorization = new Authorization(this.settings)
    this.#looksForIdTokens = this.settings.audience.some(couldBeClientId)
  }

  /**
   * @param {unknown} tokenOrRequest a string is a token, anything else a request
   * @param {CallOptions} [call]
   * @returns {Outcome | Promise<Outcome>} a promise only where the engine has to wait or leaves the event loop, or a function
   *   of the app gives one
   * @throws what a function of the app throws; anything else that is no AuthError is a bug
   */
  authenticate(tokenOrRequest, call = NO_CALL_OPTIONS) {
    // Found once: a request could give another token the second time.
    const token = typeof tokenOrRequest === 'string' ? tokenOrRequest : extractToken(tokenOrRequest, this.settings)
    const verdict = this.#judge(token)
    // The way of a verifier that asks nothing more, short of all that the others need.
    if (
      call === NO_CALL_OPTIONS &&
      !this.#authorization.isAsked &&
      !isThenable(verdict) &&
      verdict.error === undefined
    ) {
      return this.#admit(contextOf(verdict.payload), token)
    }
    const asked = { tokenOrRequest, token, call }
    if (!isThenable(verdict)) return this.#authorize(verdict, asked)
    return verdict.then((settled) => this.#authorize(settled, asked))
  }

  /**
   * The context of a token, for callers that cannot wait.
   *
   * @param {string} token
   * @param {CallOptions} [call]
   * @throws {AuthError} never a guest
   */
  authenticateSync(token, { organization } = NO_CALL_OPTIONS) {
    const isToken = typeof token === 'string' && token !== ''
    const { payload, error } = isToken
      ? (refuseExchangeable(token) ?? this.engine.verifySync(token))
      : refusal(new AuthError('token_missing'))
    if (error !== undefined) throw this.#refuseSync(error, isToken ? token : undefined)
    const auth = contextOf(payload)
    const refused = this.#authorization.refusalOfSync(auth, organization)
    if (refused !== undefined) throw this.#refuseSync(refused, token)
    return this.#accept(auth, token)
  }

  /**
   * @param {Refusal} error
   * @param {string | undefined} token
   */
  #refuseSync(error, token) {
    this.complete(error)
    this.observe(error, '')
    return this.#refuse(error, token)
  }

  /**
   * Has a refusal, by a verifier or by the app's own check, say what these options have for a client that is refused.
   *
   * @param {Refusal} error
   */
  complete(error) {
    nameResourceMetadata(error, this.settings.resourceMetadataUrl)
    return error
  }

  /**
   * Tells `onError` of a refusal, with the request that was refused, but never with a token. A throw or rejection of
   * `onError` changes nothing.
   *
   * @param {Refusal} error
   * @param {unknown} tokenOrRequest
   */
  observe(error, tokenOrRequest) {
    // Called as a function: the settings would be its `this`.
    const { onError } = this.settings
    const context = typeof tokenOrRequest === 'string' ? [] : [tokenOrRequest]
    try {
      /** @type {any} */
      const promise = onError?.(error, ...context)
      if (isThenable(promise)) promise.then(undefined, warnOfFailedOnError)
    } catch (thrown) {
      warnOfFailedOnError(thrown)
    }
  }

  /**
   * @param {string | undefined} token
   * @returns {Verdict | Promise<Verdict>}
   */
  #judge(token) {
    if (!token) return refusal(new AuthError('token_missing'))
    return refuseExchangeable(token) ?? this.engine.verify(token)
  }

  /**
   * @param {Verdict} verdict
   * @param {Asked} asked
   * @returns {Outcome | Promise<Outcome>}
   */
  #authorize({ payload, error }, asked) {
    if (error !== undefined) return this.#decline(error, asked)
    const { organization } = asked.call
    const auth = contextOf(payload)
    if (organization === undefined && !this.#authorization.isAsked) return this.#admit(auth, asked.token)
    const request = typeof asked.tokenOrRequest === 'string' ? undefined : asked.tokenOrRequest
    const refusal = this.#authorization.refusalOf(auth, request, organization)
    if (!isThenable(refusal)) return this.#conclude(auth, refusal, asked)
    return refusal.then((settled) => this.#conclude(auth, settled, asked))
  }

  /**
   * @param {AuthenticatedContext<any>} auth
   * @param {Refusal | undefined} refusal
   * @param {Asked} asked
   * @returns {Outcome}
   */
  #conclude(auth, refusal, asked) {
    return refusal === undefined ? this.#admit(auth, asked.token) : this.#decline(refusal, asked)
  }

  /**
   * @param {AuthenticatedContext<any>} auth
   * @param {string | undefined} token
   * @returns {Outcome}
   */
  #admit(auth, token) {
    return { auth: this.#accept(auth, token), error: undefined, isFreshGuest: false }
  }

  /**
   * @param {Refusal} error
   * @param {Asked} asked
   * @returns {Outcome}
   */
  #decline(error, { tokenOrRequest, token, call: { mayBeGuest = true } }) {
    this.complete(error)
    if (!(mayBeGuest && this.settings.allowGuest) || !isRefusal(error)) {
      return { auth: undefined, error: this.#refuse(error, token), isFreshGuest: false }
    }
    const { auth, isFresh } = guestOf(tokenOrRequest)
    if (guest.hasSubscribers) {
      const jwksUri = jwksUriFor(this.settings.tenants, token)
      guest.publish({ jwksUri, guestId: auth.guestId, isFresh, code: error.code })
    }
    return { auth, error, isFreshGuest: isFresh }
  }

  /**
   * @param {AuthenticatedContext<any>} auth
   * @param {string | undefined} token
   */
  #accept(auth, token = '') {
    const { userId, payload } = auth
    if (this.#looksForIdTokens && looksLikeIdToken(payload, token)) {
      this.#looksForIdTokens = false
      warnOfIdToken(this.settings)
    }
    if (verified.hasSubscribers) {
      // The token has been accepted, so it names a tenant.
      const jwksUri = /** @type {string} */ (jwksUriFor(this.settings.tenants, token))
      verified.publish({ jwksUri, userId })
    }
    return auth
  }

  /**
   * @param {Refusal} error
   * @param {string | undefined} token
   */
  #refuse(error, token) {
    if (refused.hasSubscribers) {
      const { code, status, details } = error
      refused.publish({ jwksUri: jwksUriFor(this.settings.tenants, token), code, status, details })
    }
    return error
  }
}

/**
 * The context of a verified token. Only a payload that is an object is a yes. Any other verdict without an error is a bug,
 * and lets nobody in.
 *
 * @param {AuthPayload} payload
 * @returns {AuthenticatedContext<any>}
 */
function contextOf(payload) {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new TypeError('the engine gave no verdict')
  }
  return { userId: payload.sub, isAuthenticated: true, payload, isGuest: false }
}

/**
 * The authenticator of each options object, with a snapshot of the object from when the authenticator was made.
 *
 * @type {WeakMap<AuthOptions, { authenticator: Authenticator, snapshot: InstanceType<typeof Snapshot> }>}
 */
const authenticators = new WeakMap()

/**
 * The authenticator of an options object. An object that has changed since is read anew.
 *
 * @param {AuthOptions} options
 */
function authenticatorFor(options) {
  const known = authenticators.get(options)
  if (known?.snapshot.matches(options)) return known.authenticator
  const given = takeOptions(options)
  const authenticator = new Authenticator(/** @type {AuthOptions} */ (given))
  authenticators.set(options, { authenticator, snapshot: new Snapshot(given) })
  return authenticator
}

module.exports = { Authenticator, authenticatorFor }
