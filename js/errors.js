'use strict'

/** @import { AuthErrorCode, AuthError as PublicAuthError } from 'logto-authkit' */

const { own } = require('./own')

const FAILED = 'Token verification failed:'
const BAD_SIGNATURE = `${FAILED} Signature verification failed`

/** What clients are told of a mistake in the app's set-up. */
const NEUTRAL_MESSAGE = 'The server cannot authenticate requests'

/**
 * The expected and found values. The code decides which members there are.
 * @typedef {Record<string, any>} Details
 */

/**
 * Every code, its HTTP status and its message; a message that depends on the case is a function of the details.
 *
 * @type {Record<AuthErrorCode, [PublicAuthError['status'], string | ((details: Details) => string)]>}
 */
const ERRORS = {
  token_missing: [401, 'No token found in cookies or Authorization header'],
  token_malformed: [401, `${FAILED} Invalid JWT format`],
  token_opaque: [
    401,
    ({ kind }) => {
      const advice = kind ? `${kind}: exchange it for an access token` : 'opaque token: request it with a resource'
      return `${FAILED} Invalid JWT format (${advice})`
    },
  ],
  key_not_found: [401, `${BAD_SIGNATURE} (no such key)`],
  algorithm_not_allowed: [401, `${BAD_SIGNATURE} (algorithm not allowed)`],
  signature_invalid: [401, BAD_SIGNATURE],
  token_expired: [401, `${FAILED} Token has expired`],
  token_not_yet_valid: [401, `${FAILED} Token is not yet valid`],
  issuer_invalid: [401, `${FAILED} Invalid issuer`],
  audience_invalid: [401, `${FAILED} Invalid audience`],
  claim_invalid: [401, ({ claim }) => `${FAILED} Invalid claim: ${claim}`],
  token_revoked: [401, `${FAILED} Token has been revoked`],
  scope_missing: [403, ({ missing }) => `${FAILED} Missing required scope: ${missing}`],
  role_missing: [403, ({ missing }) => `Missing required role: ${missing}`],
  organization_invalid: [403, `${FAILED} The token is not for this organization`],
  client_invalid: [403, `${FAILED} The token was issued to another client`],
  subject_type_invalid: [403, `${FAILED} The token has another type of subject`],
  actor_invalid: [403, `${FAILED} The token lets somebody act for its subject`],
  check_failed: [403, `${FAILED} The token did not pass a check of the app`],
  webhook_invalid: [401, 'Webhook signature verification failed'],
  revocations_unavailable: [503, `${FAILED} Unable to read the list of revoked tokens`],
  jwks_unavailable: [503, `${FAILED} Unable to fetch signing keys (JWKS)`],
  options_invalid: [500, ({ option, problem }) => `Invalid option ${option}: ${problem}`],
  addon_unavailable: [
    500,
    ({ platform, reason, isPackaged, isBundled }) =>
      `The native addon of logto-authkit did not load on ${platform}: ${reason}. ` +
      (isBundled
        ? `It has been bundled: put logto-authkit.${platform}.node beside the bundle, or keep logto-authkit out of the bundle ` +
          '(Next.js: withLogtoAuth from logto-authkit/next). '
        : '') +
      (isPackaged
        ? `Install the package logto-authkit-${platform} (npm install --include=optional), or, with`
        : 'With') +
      ' Rust installed, run "npm run build" in the folder of logto-authkit.',
  ],
}

/**
 * The facts that the headers of a response are made of.
 * @typedef {{ code: AuthErrorCode, status: number, message: string, requiredScope?: string, retryAfterSeconds?: number,
 *   resourceMetadataUrl?: string }} PublicFacts
 */

/**
 * The facts that a response may state beyond the message: properties of the error, taken from the details.
 *
 * @type {Partial<Record<AuthErrorCode, (details: Details) => Partial<PublicAuthError>>>}
 */
const PUBLIC_FACTS = {
  scope_missing: ({ required }) => ({ requiredScope: required }),
  jwks_unavailable: (details) => ({ retryAfterSeconds: own(details, 'retryAfterSeconds') ?? 1 }),
  revocations_unavailable: () => ({ retryAfterSeconds: 1 }),
}

/** A refusal with a stable `code`. Its JSON is safe to show; `details` are for server logs. */
class AuthError extends Error {
  /**
   * @param {AuthErrorCode} code
   * @param {Details} [details]
   */
  constructor(code, details = {}) {
    const [status, message] = ERRORS[code]
    const text = typeof message === 'function' ? message(details) : message
    // A refusal is an answer and no bug, and a stack trace costs more than all the rest of it.
    const { stackTraceLimit } = Error
    if (status !== 500) limitTraces(0)
    super(text)
    if (status !== 500) limitTraces(stackTraceLimit)
    this.code = code
    this.status = status
    this.details = details
    const publicFacts = own(PUBLIC_FACTS, code)
    if (publicFacts !== undefined) Object.assign(this, publicFacts(details))
  }

  /** The headers that a response with this status has to have. Express, Koa and Fastify send them where the error reaches
   * their own error handling. */
  get headers() {
    return headersOf(this)
  }

  /** Those who handle errors add headers of their own: `@koa/cors` does. */
  set headers(value) {
    Object.defineProperty(this, 'headers', { value, writable: true, configurable: true })
  }

  toJSON() {
    const { code, status, message } = this
    return { code, status, message: status === 500 ? NEUTRAL_MESSAGE : message }
  }
}
Object.defineProperty(AuthError.prototype, 'name', { value: 'AuthError' })

/** @param {number} frames */
function limitTraces(frames) {
  try {
    Error.stackTraceLimit = frames
  } catch {
    // A frozen Error keeps its limit: then the error has a trace.
  }
}

/**
 * A challenge (RFC 6750 section 3), or `Retry-After` (RFC 9110 section 10.2.3).
 *
 * @param {PublicFacts} error
 * @returns {Record<string, string>}
 */
function headersOf(error) {
  if (error.status === 503) return { 'Retry-After': String(error.retryAfterSeconds) }
  return isChallenge(error) ? { 'WWW-Authenticate': challengeOf(error) } : {}
}

/**
 * Whether another token could help: RFC 6750 section 3.1 has no challenge for any other 403.
 *
 * @param {Pick<PublicFacts, 'code' | 'status'>} error
 */
function isChallenge({ code, status }) {
  return status === 401 || code === 'scope_missing'
}

/**
 * Where no token came, a challenge says nothing of an error.
 *
 * @param {PublicFacts} error
 */
function challengeOf(error) {
  const { code, message, requiredScope } = error
  const isScope = code === 'scope_missing'
  const name = isScope ? 'insufficient_scope' : 'invalid_token'
  const reason = code === 'token_missing' ? '' : ` error="${name}", error_description="${quotable(message)}"`
  const scope = isScope ? `, scope="${quotable(requiredScope)}"` : ''
  const url = own(error, 'resourceMetadataUrl')
  const metadata = url === undefined ? '' : `${reason && ','} resource_metadata="${quotable(url)}"`
  return `Bearer${reason}${scope}${metadata}`
}

/**
 * A value for between quotes. RFC 6750 section 3 has no quote, backslash, control or other character beyond ASCII there: such
 * a character, of a message that the app has changed, would end the value or the header.
 *
 * @param {unknown} value
 */
function quotable(value) {
  return String(value).replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?')
}

/**
 * Has the challenge of an error name the metadata of the resource (RFC 9728 section 5.1).
 *
 * @param {PublicAuthError} error
 * @param {string | undefined} resourceMetadataUrl
 */
function nameResourceMetadata(error, resourceMetadataUrl) {
  if (resourceMetadataUrl !== undefined && isChallenge(error)) Object.assign(error, { resourceMetadataUrl })
}

/**
 * Whether an AuthError says that a request is not let in, rather than that the app is set up wrongly.
 *
 * @param {PublicAuthError} error
 * @returns {error is PublicAuthError & { status: 401 | 403 | 503 }}
 */
function isRefusal(error) {
  return error.status !== 500
}

/**
 * The class as the declarations have it, but for its constructor, which is ours alone.
 * @typedef {Pick<typeof PublicAuthError, keyof typeof PublicAuthError> &
 *   (new (...args: ConstructorParameters<typeof AuthError>) => PublicAuthError)} AuthErrorClass
 */

module.exports = {
  AuthError: /** @type {AuthErrorClass} */ (AuthError),
  isRefusal,
  nameResourceMetadata,
}
