'use strict'

// The claims of a verified payload held against what the caller expects (RFC 7519 section 4.1, RFC 9068 section 4).
// Mirrors src/claims.rs.

/**
 * @import { AuthError as Refusal } from 'logto-authkit'
 * @import { Settings } from './contract'
 */

const { AuthError } = require('../errors')
const { bareType } = require('../media-type')
const { quote } = require('../quote')

/** The audience of an organization token of Logto's, which ends with the organization's id. */
const ORGANIZATION = /^urn:logto:organization:./s

/** The bare types that are accepted where the settings name none.
 *
 * @type {(string | undefined)[]}
 */
const DEFAULT_TYPES = ['at+jwt', 'jwt', undefined]

/** How many audiences of a token are repeated in details. */
const MAX_QUOTED_AUDIENCES = 10

/**
 * The claims that verification reads, and the bare `typ` of the header, each of its right type.
 * @typedef {{ typ: string | undefined, exp: number, nbf: number | undefined, iss: string | undefined, aud: string[],
 *   scope: string }} Claims
 *
 * Why claims do not meet the settings at `now`, in seconds since the Unix epoch; undefined where they do.
 * @typedef {(claims: Claims, settings: Settings, now: number) => Refusal | undefined} Check
 */

/**
 * Reads the claims of a payload, with the `typ` of its header.
 *
 * @param {Record<string, unknown>} payload
 * @param {string | undefined} typ
 * @returns {Claims}
 * @throws {AuthError} `claim_invalid`: `exp` or `sub` missing, `sub` empty, or a claim of another type than RFC 7519
 *   section 4.1 and RFC 8693 sections 4.2 and 4.3 give it
 */
function readClaims(payload, typ) {
  numberIn(payload, 'iat')
  stringIn(payload, 'jti')
  stringIn(payload, 'client_id')
  if (!stringIn(payload, 'sub')) throw invalid('sub', 'missing or empty')
  const exp = numberIn(payload, 'exp')
  if (exp === undefined) throw invalid('exp', 'missing')
  return {
    typ: typ === undefined ? undefined : bareType(typ),
    exp,
    nbf: numberIn(payload, 'nbf'),
    iss: stringIn(payload, 'iss'),
    aud: audiencesIn(payload),
    scope: stringIn(payload, 'scope') ?? '',
  }
}

/**
 * The first reason why claims do not meet the settings of a verifier. Each check by its name, and not from a list: a live server
 * runs this cold, where six jumps take longer than six checks.
 *
 * @type {Check}
 */
function refusalOfClaims(claims, settings, now) {
  return (
    tokenType(claims, settings, now) ??
    expiry(claims, settings, now) ??
    notBefore(claims, settings, now) ??
    issuer(claims, settings, now) ??
    audience(claims, settings, now) ??
    scopes(claims, settings, now)
  )
}

/**
 * The header's `typ` (RFC 8725 section 3.11).
 *
 * @type {Check}
 */
function tokenType({ typ }, { tokenType }) {
  const matches = tokenType === undefined ? DEFAULT_TYPES.includes(typ) : typ === tokenType
  return matches ? undefined : invalid('typ', 'another type of token')
}

/** @type {Check} */
function expiry({ exp }, { clockTolerance }, now) {
  return exp + clockTolerance > now ? undefined : new AuthError('token_expired', { exp, now })
}

/** @type {Check} */
function notBefore({ nbf }, { clockTolerance }, now) {
  if (nbf === undefined || nbf - clockTolerance <= now) return undefined
  return new AuthError('token_not_yet_valid', { nbf, now })
}

/** @type {Check} */
function issuer({ iss }, settings) {
  if (iss !== undefined && settings.issuer.includes(iss)) return undefined
  // Copies, since details are the caller's: a change of them must not change what is accepted.
  const expected = [...settings.issuer]
  return new AuthError('issuer_invalid', { expected, found: iss === undefined ? null : quote(iss) })
}

/** @type {Check} */
function audience({ aud }, { audience: accepted, organizationToken }) {
  for (const found of aud)
    if (accepted.includes(found) || (organizationToken && ORGANIZATION.test(found))) return undefined
  const expected = organizationToken ? [...accepted, 'urn:logto:organization:{id}'] : [...accepted]
  return new AuthError('audience_invalid', { expected, found: aud.slice(0, MAX_QUOTED_AUDIENCES).map(quote) })
}

/**
 * Scopes are whole space-delimited tokens (RFC 6749 section 3.3): `read` is not part of `read:admin`.
 *
 * @type {Check}
 */
function scopes({ scope }, { requiredScope }) {
  if (requiredScope.length === 0) return undefined
  const granted = ` ${scope} `
  const missing = requiredScope.filter((wanted) => !granted.includes(` ${wanted} `))
  if (missing.length === 0) return undefined
  const required = requiredScope.join(' ')
  return new AuthError('scope_missing', { required, missing: missing.join(' '), found: quote(scope) })
}

/**
 * A NumericDate (RFC 7519 section 2): any number, in seconds.
 *
 * @type {(payload: Record<string, unknown>, name: string) => number | undefined}
 */
function numberIn(payload, name) {
  return typed(payload, name, 'number', 'not a number')
}

/** @type {(payload: Record<string, unknown>, name: string) => string | undefined} */
function stringIn(payload, name) {
  return typed(payload, name, 'string', 'not a string')
}

/** @type {(payload: Record<string, unknown>, name: string, type: string, reason: string) => any} */
function typed(payload, name, type, reason) {
  if (!Object.hasOwn(payload, name)) return undefined
  if (typeof payload[name] !== type) throw invalid(name, reason)
  return payload[name]
}

/** @param {Record<string, unknown>} payload */
function audiencesIn(payload) {
  if (!Object.hasOwn(payload, 'aud')) return []
  // A copy, since the payload is the caller's; and not by flat(), whose arrays have room for seventeen.
  const audiences = Array.isArray(payload.aud) ? [...payload.aud] : [payload.aud]
  if (audiences.every((one) => typeof one === 'string')) return audiences
  throw invalid('aud', 'not a string or an array of strings')
}

/**
 * @param {string} claim
 * @param {string} reason
 */
function invalid(claim, reason) {
  return new AuthError('claim_invalid', { claim, reason })
}

module.exports = { readClaims, refusalOfClaims }
