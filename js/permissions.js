'use strict'

/** @import { AuthenticatedContext, AuthPayload, Subject } from 'logto-authkit' */

const { AuthError } = require('./errors')
const { invalid, readScopes } = require('./option-values')
const { own, ownMembers } = require('./own')

const DEFAULT_ROLE_CLAIMS = ['roles', 'role']

/** @type {typeof import('logto-authkit').hasScopes} */
function hasScopes(subject, scopes, options) {
  const { mode } = ownMembers(options)
  const missing = missingScopes(subject, scopes)
  return mode === 'any' ? missing.length < readScopeList(scopes).length : missing.length === 0
}

/** @type {typeof import('logto-authkit').requireScopes} */
function requireScopes(subject, scopes, options) {
  if (hasScopes(subject, scopes, options)) return
  const required = readScopeList(scopes).join(' ')
  throw new AuthError('scope_missing', { required, missing: missingScopes(subject, scopes).join(' ') })
}

/** @type {typeof import('logto-authkit').hasRole} */
function hasRole(subject, role, options) {
  const { claimKeys = DEFAULT_ROLE_CLAIMS } = ownMembers(options)
  if (typeof role !== 'string' || role === '') throw invalid('role', 'not a non-empty string')
  const payload = payloadOf(subject)
  return claimKeys.some((claim) => Object.hasOwn(payload, claim) && [payload[claim]].flat().includes(role))
}

/** @type {typeof import('logto-authkit').requireRole} */
function requireRole(subject, role, options) {
  if (!hasRole(subject, role, options)) throw new AuthError('role_missing', { missing: role })
}

/**
 * @template [P=AuthPayload]
 * @param {unknown} subject
 * @returns {AuthenticatedContext<P>}
 */
function requireAuth(subject) {
  for (const candidate of [subject, own(Object(subject), 'auth')]) {
    if (isAuthenticated(candidate)) return candidate
  }
  throw new AuthError('token_missing')
}

/**
 * @param {unknown} value
 * @returns {value is AuthenticatedContext<any>}
 */
function isAuthenticated(value) {
  const isContext = typeof value === 'object' && value !== null && own(value, 'isAuthenticated') === true
  return isContext && typeof own(value, 'userId') === 'string'
}

/**
 * @param {Subject} subject
 * @param {string | string[]} scopes
 */
function missingScopes(subject, scopes) {
  const scope = own(payloadOf(subject), 'scope')
  const granted = typeof scope === 'string' ? scope.split(' ') : []
  return readScopeList(scopes).filter((wanted) => !granted.includes(wanted))
}

/** @param {string | string[]} scopes */
function readScopeList(scopes) {
  return readScopes('scopes', scopes)
}

/**
 * The payload of an AuthContext, or the payload itself; a context without authentication has an empty one.
 *
 * @param {Subject} subject
 * @returns {Partial<AuthPayload>}
 */
function payloadOf(subject) {
  if (typeof subject !== 'object' || subject === null) return {}
  if (!(Object.hasOwn(subject, 'isAuthenticated') && Object.hasOwn(subject, 'userId'))) return subject
  return (own(subject, 'isAuthenticated') === true && own(subject, 'payload')) || {}
}

module.exports = { hasRole, hasScopes, payloadOf, requireAuth, requireRole, requireScopes }
