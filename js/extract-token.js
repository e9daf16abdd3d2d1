'use strict'

/** @import { AppSettings } from './options' */

const { cookieOf, headerOf, headersOf } = require('./request')

/**
 * The token of a request: the cookie's, else that of `Authorization: Bearer` (RFC 6750 section 2.1, the scheme in any
 * case); of the two, only the one that `tokenFrom` names.
 *
 * @param {unknown} request
 * @param {Pick<AppSettings, 'cookieName' | 'tokenFrom'>} settings
 * @returns {string | undefined}
 */
function extractToken(request, { cookieName, tokenFrom }) {
  const headers = headersOf(request)
  const cookie = tokenFrom === 'header' ? undefined : cookieOf(request, cookieName, headers)
  return cookie ?? (tokenFrom === 'cookie' ? undefined : bearerIn(headers))
}

/** @param {unknown} headers */
function bearerIn(headers) {
  const header = headerOf(headers, 'authorization')
  if (header === undefined || header.slice(0, 7).toLowerCase() !== 'bearer ') return undefined
  return header.slice(7).trimStart() || undefined
}

module.exports = { extractToken }
