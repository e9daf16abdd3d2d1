'use strict'

/** @import { Session } from './csrf-signature' */
/** @import { CsrfSettings } from './csrf-options' */

const { CSRF_COOKIE_NAME, CSRF_HEADER_NAME, readCsrfOptions } = require('./csrf-options')
const { TokenSigner } = require('./csrf-signature')
const { invalid } = require('./option-values')
const { memberOf, own } = require('./own')
const { cookieOf, headerOf, headersOf } = require('./request')
const { buildCookieHeader, setPrivateCookie } = require('./set-cookie')

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
  return cookieHeaderOf(token, readCsrfOptions(options))
}

/** @type {typeof import('logto-authkit').verifyCsrfToken} */
function verifyCsrfToken(request, options = {}) {
  const settings = readCsrfOptions(options)
  // The token would be compared, its signature not looked at.
  if (settings.secret !== undefined) throw invalid('secret', 'createCsrfMiddleware alone verifies signed tokens')
  const error = mismatchIn(request, settings)
  return error === undefined ? { valid: true } : { valid: false, error }
}

/** @type {typeof import('logto-authkit').createCsrfMiddleware} */
function createCsrfMiddleware(options = {}) {
  const settings = readCsrfOptions(options)
  // A trial, so that wrong attributes are refused here and not at the first request.
  cookieHeaderOf(generateCsrfToken(), settings)
  const signer = settings.secret && new TokenSigner(settings.secret)

  return async function logtoCsrf(req, res, next) {
    /** @type {string | undefined} */
    let refusal
    try {
      if (SAFE_METHODS.has(req.method)) {
        const token = await tokenToStore(req, settings, signer)
        if (token !== undefined) setPrivateCookie(res, cookieHeaderOf(token, settings))
      } else if (isAuthenticatedByCookie(req, settings)) {
        refusal = await refusalOf(req, settings, signer)
      }
    } catch (bug) {
      return next(bug)
    }
    if (refusal === undefined) return next()
    res.status(403).json({ error: 'CSRF validation failed', message: refusal })
  }
}

/**
 * Whether a request can be forged: a browser sends a cookie of its own accord, and no Bearer token.
 *
 * @param {any} req
 * @param {CsrfSettings} settings
 */
function isAuthenticatedByCookie(req, { authCookieName }) {
  const headers = headersOf(req)
  if (cookieOf(req, authCookieName, headers) !== undefined) return true
  // An auth middleware let the request in without a Bearer token, so a cookie of another name authenticated it.
  return own(authOf(req), 'isAuthenticated') === true && !/^bearer /i.test(headerOf(headers, 'authorization') ?? '')
}

/**
 * The reason to refuse a request that changes something, if there is one.
 *
 * @param {any} req
 * @param {CsrfSettings} settings
 * @param {InstanceType<typeof TokenSigner> | undefined} signer
 * @returns {Promise<string | undefined>}
 */
async function refusalOf(req, settings, signer) {
  if (headerOf(headersOf(req), 'sec-fetch-site') === 'cross-site') return 'Cross-site request'
  const mismatch = mismatchIn(req, settings)
  if (mismatch !== undefined || signer === undefined) return mismatch
  const isGenuine = await signer.verify(cookieOf(req, settings.cookieName), sessionOf(req, settings))
  return isGenuine ? undefined : 'CSRF token is not of this session'
}

/**
 * The token that a safe request is to bring back; undefined where it has a good one, or there is no session to protect.
 *
 * @param {any} req
 * @param {CsrfSettings} settings
 * @param {InstanceType<typeof TokenSigner> | undefined} signer
 * @returns {Promise<string | undefined>}
 */
async function tokenToStore(req, settings, signer) {
  const stored = cookieOf(req, settings.cookieName)
  if (signer === undefined) return stored === undefined ? generateCsrfToken() : undefined
  const session = sessionOf(req, settings)
  if (session === undefined || (await signer.verify(stored, session))) return undefined
  return signer.sign(session)
}

/**
 * What a signed token is bound to: the user, where an auth middleware has verified who that is; else the token of the auth
 * cookie. Not the user whom an unverified token names: anybody could fetch a CSRF token for anybody. Nothing, where the user has
 * no id, as that would be one session for all of them.
 *
 * @param {any} req
 * @param {CsrfSettings} settings
 * @returns {Session | undefined}
 */
function sessionOf(req, { authCookieName }) {
  const auth = authOf(req)
  if (own(auth, 'isAuthenticated') === true) {
    const userId = own(auth, 'userId')
    return typeof userId === 'string' && userId !== '' ? ['user', userId] : undefined
  }
  const token = cookieOf(req, authCookieName)
  return token === undefined ? undefined : ['token', token]
}

/**
 * What an auth middleware has said of a request.
 *
 * @param {any} req
 * @returns {object} empty where there was none
 */
function authOf(req) {
  return Object(memberOf(req, 'auth'))
}

/**
 * The reason why the tokens of cookie and header do not match, if they do not.
 *
 * @param {unknown} request
 * @param {CsrfSettings} settings
 * @returns {string | undefined}
 */
function mismatchIn(request, { cookieName, headerName }) {
  const headers = headersOf(request)
  const cookie = cookieOf(request, cookieName, headers)
  const header = headerOf(headers, headerName.toLowerCase())
  if (cookie === undefined) return `CSRF cookie '${cookieName}' not found`
  if (header === undefined) return `Missing '${headerName}' request header`
  return equalInConstantTime(cookie, header) ? undefined : 'CSRF token mismatch'
}

/**
 * @param {string} token
 * @param {CsrfSettings} settings
 */
function cookieHeaderOf(token, { cookieName, maxAge, domain, path, sameSite }) {
  return buildCookieHeader(token, { cookieName, maxAge, domain, path, sameSite, secure: true })
}

/**
 * Compares in the same time wherever the texts differ. Their lengths are no secret.
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
