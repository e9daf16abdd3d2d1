'use strict'

// Whether a good token may do this here: what stands above the engine, and asks more than who signed a token, for whom and
// when.

/**
 * @import { AuthenticatedContext, AuthError as Refusal } from 'logto-authkit'
 * @import { AuthorizationSettings } from './authorization-options'
 */

const { AuthError } = require('./errors')
const { invalid } = require('./option-values')
const { own } = require('./own')
const { namesOrganization, organizationIdOf, subjectTypeOf } = require('./principal')
const { quote } = require('./quote')
const { isThenable } = require('./thenable')

/**
 * A refusal, or none, at once or later.
 * @typedef {Refusal | undefined | Promise<Refusal | undefined>} Judgement
 *
 * Goes on with a value, or with what its promise gives. `option` is where the value comes from.
 * @typedef {<T>(option: string, value: T | Promise<T>, goOn: (value: T) => Judgement) => Judgement} Continuation
 */

/** The authorization that the options of one verifier ask for. */
class Authorization {
  #settings

  /** Whether the options ask for anything. */
  isAsked

  /** @param {AuthorizationSettings} settings */
  constructor(settings) {
    this.#settings = settings
    const { organization, clientId, subjectType, allowActor, check, revocations } = settings
    const asked = [organization, clientId, subjectType, check, revocations].some((option) => option !== undefined)
    this.isAsked = asked || !allowActor
  }

  /**
   * Why a verified token may not do this here; undefined where it may.
   *
   * @param {AuthenticatedContext<any>} auth
   * @param {unknown} request for the functions of the app; undefined where a token alone was given
   * @param {AuthorizationSettings['organization']} [organization] in place of the option
   * @returns {Judgement} a promise only where a function of the app gave one
   * @throws whatever a function of the app throws
   */
  refusalOf(auth, request, organization) {
    return this.#refusalOf(auth, request, organization, whenSettled)
  }

  /**
   * @param {AuthenticatedContext<any>} auth
   * @param {AuthorizationSettings['organization']} [organization]
   * @returns {Refusal | undefined}
   * @throws {AuthError} `options_invalid` where a function of the app gives a promise
   */
  refusalOfSync(auth, organization) {
    return /** @type {Refusal | undefined} */ (this.#refusalOf(auth, undefined, organization, atOnce))
  }

  /**
   * @param {AuthenticatedContext<any>} auth
   * @param {unknown} request
   * @param {AuthorizationSettings['organization']} organization
   * @param {Continuation} continued
   * @returns {Judgement}
   */
  #refusalOf(auth, request, organization = this.#settings.organization, continued) {
    if (typeof organization !== 'function') return this.#refusalWithin(organization, auth, request, continued)
    return continued('organization', organization(request), (id) =>
      // A function that gives none has not chosen "not looked at".
      this.#refusalWithin(idIn(id), auth, request, continued),
    )
  }

  /**
   * @param {string | boolean | null | undefined} organization null: one that no token is of
   * @param {AuthenticatedContext<any>} auth
   * @param {unknown} request
   * @param {Continuation} continued
   * @returns {Judgement}
   */
  #refusalWithin(organization, auth, request, continued) {
    const { check, revocations } = this.#settings
    const refusal = this.#refusalOfClaims(auth.payload, organization) ?? refuseRevoked(auth.payload, revocations)
    if (refusal !== undefined || check === undefined) return refusal
    return continued('check', check(auth, request), (answer) =>
      answer === true ? undefined : new AuthError('check_failed'),
    )
  }

  /**
   * @param {any} payload
   * @param {string | boolean | null | undefined} organization
   */
  #refusalOfClaims(payload, organization) {
    return (
      refuseOrganization(payload, organization) ??
      this.#refuseClient(payload) ??
      this.#refuseSubjectType(payload) ??
      this.#refuseActor(payload)
    )
  }

  /** @param {any} payload */
  #refuseClient(payload) {
    const { clientId } = this.#settings
    const found = own(payload, 'client_id')
    if (clientId === undefined || clientId.includes(found)) return undefined
    return new AuthError('client_invalid', { expected: [...clientId], found: quotedId(found) })
  }

  /** @param {any} payload */
  #refuseSubjectType(payload) {
    const { subjectType } = this.#settings
    const found = subjectTypeOf(payload)
    if (subjectType === undefined || subjectType === found) return undefined
    return new AuthError('subject_type_invalid', { expected: subjectType, found })
  }

  /**
   * The claim `act` (RFC 8693 section 4.1), whatever is in it.
   *
   * @param {any} payload
   */
  #refuseActor(payload) {
    if (this.#settings.allowActor || !Object.hasOwn(payload, 'act')) return undefined
    return new AuthError('actor_invalid', { found: quotedId(own(Object(payload.act), 'sub')) })
  }
}

/**
 * @param {any} payload
 * @param {string | boolean | null | undefined} wanted
 */
function refuseOrganization(payload, wanted) {
  if (wanted === undefined) return undefined
  const found = organizationIdOf(payload)
  if (wanted === false && !namesOrganization(payload)) return undefined
  if (wanted === true && found !== null) return undefined
  if (typeof wanted === 'string' && found === wanted) return undefined
  return new AuthError('organization_invalid', { expected: wanted, found: quotedId(found) })
}

/**
 * @param {any} payload
 * @param {AuthorizationSettings['revocations']} revocations
 */
function refuseRevoked(payload, revocations) {
  const refusal = revocations?.refusalOf(payload)
  return refusal === undefined ? undefined : new AuthError(refusal.code, refusal.details)
}

/**
 * What a function of the app gave for an organization. Only a non-empty string is an id.
 *
 * @param {unknown} value
 */
function idIn(value) {
  return typeof value === 'string' && value !== '' ? value : null
}

/** @param {unknown} id */
function quotedId(id) {
  return typeof id === 'string' ? quote(id) : null
}

/** @type {Continuation} */
function whenSettled(_option, value, goOn) {
  return isThenable(value) ? afterwards(value, goOn) : goOn(/** @type {any} */ (value))
}

/**
 * Gives the runtime's own promise, whatever class the app's is of.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {(value: T) => Judgement} goOn
 * @returns {Promise<Refusal | undefined>}
 */
async function afterwards(promise, goOn) {
  return goOn(await promise)
}

/** @type {Continuation} */
function atOnce(option, value, goOn) {
  if (!isThenable(value)) return goOn(/** @type {any} */ (value))
  // Nobody waits for it, so its rejection must not end the process.
  value.then(undefined, () => {})
  throw invalid(option, 'gave a promise, which verifySync cannot wait for')
}

module.exports = { Authorization }
