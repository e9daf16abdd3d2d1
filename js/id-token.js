'use strict'

/** @import { AuthPayload } from 'logto-authkit' */

const { readUnverified } = require('./unverified')

/** The scheme of a URI (RFC 3986 section 3.1). */
const SCHEME = /^[a-z][a-z0-9+.-]*:/i

/**
 * Whether an audience could be a client's id, as that of an ID token is: an API resource's indicator is a URI.
 *
 * @param {string | undefined} audience
 */
function couldBeClientId(audience) {
  return audience !== undefined && !SCHEME.test(audience)
}

/**
 * Whether an accepted token looks like an ID token rather than an access token of Logto's.
 *
 * @param {AuthPayload} payload
 * @param {string} token
 */
function looksLikeIdToken(payload, token) {
  if (Object.hasOwn(payload, 'client_id') || ![payload.aud].flat().every(couldBeClientId)) return false
  return !/^(application\/)?at\+jwt$/i.test(typeOf(token))
}

/**
 * The `typ` of a token whose signature is verified; "undefined" where there is none.
 *
 * @param {string} token
 */
function typeOf(token) {
  return String(/** @type {any} */ (readUnverified(token.split('.', 1)[0])).typ)
}

module.exports = { couldBeClientId, looksLikeIdToken }
