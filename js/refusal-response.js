'use strict'

/** @import { AuthError } from 'logto-authkit' */

/**
 * What the body's `error` says; any other status is an outage of ours or of the tenant.
 *
 * @param {AuthError} error
 */
function titleOf({ code, status }) {
  if (code === 'token_missing') return 'Authentication required'
  return status === 401 ? 'Authentication failed' : 'Authentication unavailable'
}

/**
 * The HTTP response to a refusal: status, headers (RFC 6750 section 3 and RFC 9110 section 10.2.3) and JSON body.
 *
 * @param {AuthError} error
 */
function refusalResponse(error) {
  /** @type {Record<string, string>} */
  const headers = {}
  if (error.status === 401) headers['WWW-Authenticate'] = challengeOf(error)
  if (error.status === 503) headers['Retry-After'] = String(error.retryAfterSeconds)
  return { status: error.status, headers, body: { error: titleOf(error), message: error.message } }
}

/**
 * Where no token came, a challenge says no more than the scheme. Neither message nor scopes hold a quote or backslash:
 * messages are ours, and options refuse such scopes.
 *
 * @param {AuthError} error
 */
function challengeOf({ code, message, requiredScope }) {
  if (code === 'token_missing') return 'Bearer'
  const isScope = code === 'scope_missing'
  const challenge = `Bearer error="${isScope ? 'insufficient_scope' : 'invalid_token'}", error_description="${message}"`
  return isScope ? `${challenge}, scope="${requiredScope}"` : challenge
}

module.exports = { refusalResponse }
