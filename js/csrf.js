'use strict'

const { cookieOf, headerOf, headersOf } = require('./request')
const { ONE_DAY, buildCookieHeader } = require('./set-cookie')

/** @type {typeof import('logto-authkit').CSRF_COOKIE_NAME} */
const CSRF_COOKIE_NAME = 'logto_csrf_token'
/** @type {typeof import('logto-authkit').CSRF_HEADER_NAME} */
const CSRF_HEADER_NAME = 'x-csrf-token'

/**
 * Methods that change nothing (RFC 9110 section 9.2.1).
 *
 * @type {Set<string | undefined>}
 */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** @type {typeof import('logto-authkit').generateCsrfToken} */
function generateCsrfToken() {
  return crypto.randomUUID()
}

/** @type {typeof import('logto-authkit').buildCsrfCookieHeader} */
function buildCsrfCookieHeader(token, options = {}) {
  const { cookieName = CSRF_COOKIE_NAME, maxAge = ONE_DAY, domain, path, sameSite = 'Strict' } = options
  return buildCookieHeader(token, { cookieName, maxAge, domain, path, sameSite, secure: true })
}

/** @type {typeof import('logto-authkit').verifyCsrfToken} */
function verifyCsrfToken(request, options = {}) {
  const { cookieName = CSRF_COOKIE_NAME, headerName = CSRF_HEADER_NAME } = options
  const headers = headersOf(request)
  const cookie = cookieOf(request, cookieName, headers)
  const header = headerOf(headers, headerName.toLowerCase())
  if (cookie === undefined) return { valid: false, error: `CSRF cookie '${cookieName}' not found` }
  if (header === undefined) return { valid: false, error: `Missing '${headerName}' request header` }
  if (!equalInConstantTime(cookie, header)) return { valid: false, error: 'CSRF token mismatch' }
  return { valid: true }
}

/** @type {typeof import('logto-authkit').createCsrfMiddleware} */
function createCsrfMiddleware(options = {}) {
  const { cookieName = CSRF_COOKIE_NAME } = options
  const freshCookie = () => buildCsrfCookieHeader(generateCsrfToken(), options)
  // Wrong options are found here, not at the first request.
  freshCookie()
  return function logtoCsrf(req, res, next) {
    if (SAFE_METHODS.has(req.method)) {
      if (cookieOf(req, cookieName) === undefined) res.appendHeader('Set-Cookie', freshCookie())
      return next()
    }
    const { valid, error } = verifyCsrfToken(req, options)
    if (valid) return next()
    res.status(403).json({ error: 'CSRF validation failed', message: error })
  }
}

/**
 * Takes as long for the first character that differs as for the last. Lengths are no secret.
 *
 * @param {string} a
 * @param {string} b
 */
function equalInConstantTime(a, b) {
  if (a.length !== b.length) return false
  let difference = 0
  for (let index = 0; index < a.length; index += 1) difference |= a.charCodeAt(index) ^ b.charCodeAt(index)
  return difference === 0
}

module.exports = {
  CSRF_COOKIE_NAME,
  CSRF_HEADER_NAME,
  buildCsrfCookieHeader,
  createCsrfMiddleware,
  generateCsrfToken,
  verifyCsrfToken,
}
