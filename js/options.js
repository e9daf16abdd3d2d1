'use strict'

/**
 * @import { VerifyAuthOptions } from 'logto-authkit'
 * @import { Settings } from './engines/contract'
 */

const { AuthError } = require('./errors')

const DEFAULT_COOKIE_NAME = 'logto_authtoken'

/** The characters of a cookie's name (RFC 6265 section 4.1.1). */
const COOKIE_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** What people paste in place of the endpoint: the URL of its key set, or of a discovery document. */
const DOCUMENT = /^(.*?)((?:\/oidc)?\/\.well-known(?:\/.*)?|\/oidc\/jwks)$/
/** One scope (RFC 6749 section 3.3). */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** A million tokens are some gigabyte. */
const MAX_TOKEN_CACHE_SIZE = 1_000_000

/**
 * The settings of a verifier that the layer above its engine reads.
 *
 * @typedef {object} AppSettings
 * @property {string} cookieName
 * @property {boolean} allowGuest
 * @property {VerifyAuthOptions['onError']} onError
 */

const KNOWN = new Set([
  'logtoUrl',
  'audience',
  'cookieName',
  'requiredScope',
  'allowGuest',
  'issuer',
  'jwksUri',
  'clockTolerance',
  'tokenType',
  'jwksCacheTtlMs',
  'jwksMaxStaleMs',
  'skipJwksCache',
  'jwksTimeoutMs',
  'onError',
  'tokenCacheSize',
])

/**
 * Checks and completes a user's options.
 *
 * @param {VerifyAuthOptions} options
 * @returns {Settings & AppSettings} the settings of a verifier, each under its option's name
 * @throws {AuthError} `options_invalid`, naming the option
 */
function readOptions(options) {
  if (typeof options !== 'object' || options === null) throw invalid('options', 'an object is required')
  for (const name of Object.keys(options)) {
    // A misspelt requiredScope would otherwise open the door it should guard.
    if (!KNOWN.has(name)) throw invalid(name, 'there is no such option')
  }
  const endpoint = readLogtoUrl(options.logtoUrl)
  const { cookieName = DEFAULT_COOKIE_NAME, requiredScope, tokenType, onError } = options
  if (typeof cookieName !== 'string' || !COOKIE_NAME.test(cookieName)) {
    throw invalid('cookieName', 'not a cookie name')
  }
  if (tokenType !== undefined && !isText(tokenType)) throw invalid('tokenType', 'not a non-empty string')
  if (onError !== undefined && typeof onError !== 'function') throw invalid('onError', 'not a function')
  return {
    audience: readTexts('audience', options.audience),
    issuer: options.issuer === undefined ? [`${endpoint}/oidc`] : readTexts('issuer', options.issuer),
    jwksUri: options.jwksUri === undefined ? jwksUriOf(endpoint) : readUrl('jwksUri', options.jwksUri).href,
    requiredScope: requiredScope === undefined ? [] : readScopes('requiredScope', requiredScope),
    cookieName,
    tokenType,
    onError,
    allowGuest: readFlag('allowGuest', options.allowGuest),
    skipJwksCache: readFlag('skipJwksCache', options.skipJwksCache),
    tokenCacheSize: readTokenCacheSize(options.tokenCacheSize),
    clockTolerance: readNumber('clockTolerance', options.clockTolerance, 0),
    jwksCacheTtlMs: readNumber('jwksCacheTtlMs', options.jwksCacheTtlMs, 300_000),
    jwksMaxStaleMs: readNumber('jwksMaxStaleMs', options.jwksMaxStaleMs, 600_000),
    jwksTimeoutMs: readNumber('jwksTimeoutMs', options.jwksTimeoutMs, 5_000, 1),
  }
}

/**
 * The endpoint without trailing slashes and without a trailing /oidc.
 *
 * @param {unknown} value
 */
function readLogtoUrl(value) {
  const { origin, pathname, search, hash } = readUrl('logtoUrl', value)
  if (search || hash) throw invalid('logtoUrl', 'a query or fragment has no place in it')
  const path = withoutTrailingSlashes(pathname)
  const [, base, document] = DOCUMENT.exec(path) ?? []
  if (document !== undefined) throw invalid('logtoUrl', `the endpoint is ${origin}${base}, without ${document}`)
  return origin + withoutTrailingSlashes(path.replace(/\/oidc$/, ''))
}

/**
 * The default key set URL of a tenant, given its normalised endpoint.
 *
 * @param {string} endpoint
 */
function jwksUriOf(endpoint) {
  return `${endpoint}/oidc/jwks`
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function readUrl(name, value) {
  if (value === undefined || (typeof value === 'string' && value.trim() === '')) throw invalid(name, 'is not set')
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null
  if (url === null || !/^https?:$/.test(url.protocol)) throw invalid(name, 'not an http(s) URL')
  if (url.username || url.password) throw invalid(name, 'credentials have no place in it')
  return url
}

/** @param {string} path */
function withoutTrailingSlashes(path) {
  let end = path.length
  while (end > 0 && path[end - 1] === '/') end -= 1
  return path.slice(0, end)
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function readTexts(name, value) {
  const texts = Array.isArray(value) ? [...value] : [value]
  if (texts.length === 0 || !texts.every(isText)) {
    throw invalid(name, 'a non-empty string, or an array of them, is required')
  }
  return texts
}

/**
 * The scopes of a space-delimited string, each in full.
 *
 * @param {string} name
 * @param {unknown} value
 */
function readScopes(name, value) {
  const scopes = typeof value === 'string' ? value.split(' ').filter(Boolean) : []
  if (scopes.length === 0 || !scopes.every((scope) => SCOPE.test(scope))) {
    throw invalid(name, 'not a space-delimited list of scopes')
  }
  return scopes
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function readFlag(name, value) {
  if (value !== undefined && typeof value !== 'boolean') throw invalid(name, 'not a boolean')
  return value === true
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} fallback
 */
function readNumber(name, value, fallback, least = 0) {
  if (value === undefined) return fallback
  if (typeof value !== 'number' || !Number.isFinite(value) || value < least) {
    throw invalid(name, `not a number of at least ${least}`)
  }
  return value
}

/** @param {number} [value] */
function readTokenCacheSize(value = 10_000) {
  if (!Number.isInteger(value) || value < 0 || value > MAX_TOKEN_CACHE_SIZE) {
    throw invalid('tokenCacheSize', `not an integer from 0 to ${MAX_TOKEN_CACHE_SIZE}`)
  }
  return value
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isText(value) {
  return typeof value === 'string' && value.trim() !== ''
}

/**
 * @param {string} option
 * @param {string} problem
 */
function invalid(option, problem) {
  return new AuthError('options_invalid', { option, problem })
}

module.exports = { COOKIE_NAME, DEFAULT_COOKIE_NAME, invalid, jwksUriOf, readLogtoUrl, readOptions, readScopes }
