'use strict'

const { cookieOf, headerOf } = require('./request')

/**
 * The token of a request: the cookie's, else that of `Authorization: Bearer` (RFC 6750 section 2.1, the scheme in any
 * case).
 *
 * @returns {string | undefined}
 */
function extractToken(request, cookieName) {
  return cookieOf(request, cookieName) ?? bearerOf(request)
}

function bearerOf(request) {
  const header = headerOf(request, 'authorization')
  if (header === undefined || header.slice(0, 7).toLowerCase() !== 'bearer ') return undefined
  return header.slice(7).trimStart() || undefined
}

module.exports = { extractToken }
