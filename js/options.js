'use strict'

/**
 * @import { AuthOptions, VerifyAuthOptions } from 'logto-authkit'
 * @import { AuthorizationSettings } from './authorization-options'
 * @import { GivenOptions } from './given-options'
 * @import { TenantsSettings } from './tenants'
 */

const { readAuthorization } = require('./authorization-options')
const { takeOptions } = require('./given-options')
const { readKeyOptions } = require('./key-options')
const { bareType } = require('./media-type')
const {
  invalid,
  isText,
  readFlag,
  readNumber,
  readScopes,
  readTexts,
  readUrl,
  refuseOthers,
} = require('./option-values')
const { readTenants } = require('./tenant-options')

const DEFAULT_COOKIE_NAME = 'logto_authtoken'

/** The characters of a cookie's name (RFC 6265 section 4.1.1). */
const COOKIE_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** The times for which keys serve if no option says otherwise, in milliseconds. */
const DEFAULT_POLICY = { jwksCacheTtlMs: 300_000, jwksMaxStaleMs: 600_000 }

/** The places where a request may carry its token. */
const TOKEN_SOURCES = ['both', 'cookie', 'header']

/** The engines to choose from. */
const ENGINES = ['auto', 'native', 'portable']

/** The largest `clockTolerance`, in seconds. More is a mistake, mostly milliseconds: tokens that expired days ago would pass. */
const MAX_CLOCK_TOLERANCE = 600

/** The largest `tokenCacheSize`. The bound in bytes is reached long before. */
const MAX_TOKEN_CACHE_SIZE = 1_000_000

/**
 * The settings of a verifier that the layer above its engine reads.
 *
 * @typedef {object} AppSettings
 * @property {string} cookieName
 * @property {'both' | 'cookie' | 'header'} tokenFrom
 * @property {boolean} allowGuest
 * @property {string | undefined} resourceMetadataUrl
 * @property {VerifyAuthOptions['onError']} onError
 */

const KNOWN = [
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
  'tokenFrom',
  'resourceMetadataUrl',
  'organization',
  'clientId',
  'subjectType',
  'allowActor',
  'check',
  'revocations',
  'engine',
  'jwks',
  'initialJwks',
]

/** Options that must not be there and `undefined`: a variable that is not set would open the door that they guard. */
const GUARDS = ['requiredScope', 'tokenType', 'organization', 'clientId', 'subjectType', 'check', 'revocations']

/**
 * Checks and completes a user's options.
 *
 * @param {AuthOptions} options
 * @returns {TenantsSettings & AppSettings & AuthorizationSettings} the settings of a verifier, each under its option's name
 * @throws {AuthError} `options_invalid`, naming the option
 */
function readOptions(options) {
  const given = takeOptions(options)
  refuseUnknown(given)
  for (const name of GUARDS) {
    if (name in given && given[name] === undefined) {
      throw invalid(name, 'undefined, as from a variable that is not set; leave it out to ask for nothing')
    }
  }
  const {
    cookieName = DEFAULT_COOKIE_NAME,
    tokenFrom = 'both',
    requiredScope,
    tokenType,
    onError,
    engine = 'auto',
  } = given
  if (typeof cookieName !== 'string' || !COOKIE_NAME.test(cookieName)) {
    throw invalid('cookieName', 'not a cookie name')
  }
  if (!TOKEN_SOURCES.includes(tokenFrom)) throw invalid('tokenFrom', `none of ${TOKEN_SOURCES.join(', ')}`)
  if (!ENGINES.includes(engine)) throw invalid('engine', `none of ${ENGINES.join(', ')}`)
  if (tokenType !== undefined && !isText(tokenType)) throw invalid('tokenType', 'not a non-empty string')
  if (onError !== undefined && typeof onError !== 'function') throw invalid('onError', 'not a function')
  return {
    tenants: readTenants(given),
    ...readKeyOptions(given),
    ...readAudience(given),
    ...readAuthorization(given),
    requiredScope: requiredScope === undefined ? [] : readScopes('requiredScope', requiredScope),
    cookieName,
    tokenFrom,
    tokenType: tokenType === undefined ? undefined : bareType(tokenType),
    engine,
    onError,
    resourceMetadataUrl: readResourceMetadataUrl(given.resourceMetadataUrl),
    allowGuest: readFlag('allowGuest', given.allowGuest),
    skipJwksCache: readFlag('skipJwksCache', given.skipJwksCache),
    tokenCacheSize: readTokenCacheSize(given.tokenCacheSize),
    clockTolerance: readClockTolerance(given.clockTolerance),
    jwksCacheTtlMs: readNumber('jwksCacheTtlMs', given.jwksCacheTtlMs, DEFAULT_POLICY.jwksCacheTtlMs),
    jwksMaxStaleMs: readNumber('jwksMaxStaleMs', given.jwksMaxStaleMs, DEFAULT_POLICY.jwksMaxStaleMs),
    jwksTimeoutMs: readNumber('jwksTimeoutMs', given.jwksTimeoutMs, 5_000, 1),
  }
}

/**
 * The audience that tokens must have: an API resource, or, in tokens that are for an organization itself, the organization.
 * Which organization, is asked above the engine.
 *
 * @param {GivenOptions} given
 */
function readAudience(given) {
  // An audience that is there and undefined is a variable that is not set.
  const organizationToken = !('audience' in given) && given.organization !== undefined
  return { audience: organizationToken ? [] : readTexts('audience', given.audience), organizationToken }
}

/**
 * A misspelt requiredScope would otherwise open the door it should guard.
 *
 * @param {GivenOptions} given
 */
function refuseUnknown(given) {
  refuseOthers(given, KNOWN)
}

/**
 * The URL in the form in which it may stand between quotes: the parser escapes all but a backslash in the query.
 *
 * @param {unknown} value
 */
function readResourceMetadataUrl(value) {
  if (value === undefined) return undefined
  const { href, hash } = readUrl('resourceMetadataUrl', value)
  if (hash) throw invalid('resourceMetadataUrl', 'a fragment has no place in it')
  return href.replaceAll('\\', '%5C')
}

/** @param {number} [value] */
function readClockTolerance(value = 0) {
  if (typeof value !== 'number' || !(value >= 0 && value <= MAX_CLOCK_TOLERANCE)) {
    throw invalid('clockTolerance', `not a number of seconds from 0 to ${MAX_CLOCK_TOLERANCE}`)
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

module.exports = { COOKIE_NAME, DEFAULT_COOKIE_NAME, DEFAULT_POLICY, readOptions, refuseUnknown }
