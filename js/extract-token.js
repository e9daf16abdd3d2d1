'use strict'

const { cookieOf, headerOf, headersOf } = require('./request')

/**
 * The token of a request: the cookie's, else that of `Authorization: Bearer` (RFC 6750 section 2.1, the scheme in any
 * case).
 *
 * @param {unknown} request
 * @param {string} cookieName
 * @returns {string | undefined}
 */
function extractToken(request, cookieName) {
  const headers = headersOf(request)
  return cookieOf(request, cookieName, headers) ?? bearerIn(headers)
}

/** @param {unknown} headers */
function bearerIn(headers) {
  const header = headerOf(headers, 'authorization')
  if (header === undefined || header.slice(0, 7).toLowerCase() !== 'bearer ') return undefined
  return header.slice(7).trimStart() || undefined
}

module.exports = { extractToken }
