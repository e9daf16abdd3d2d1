'use strict'

/**
 * @import { AuthError as PublicAuthError, AuthOptions } from 'logto-authkit'
 * @import { Outcome } from '../authenticator'
 */

const { authenticatorFor } = require('../authenticator')
const { AuthError, isRefusal } = require('../errors')
const { refusalResponse } = require('../refusal-response')
const { PRIVATE, buildGuestCookieHeader } = require('../set-cookie')

/** @type {typeof import('logto-authkit').verifyNextAuth} */
async function verifyNextAuth(request, options) {
  const { auth, error } = await authenticate(request, options)
  if (error === undefined) return { success: true, auth }
  if (!isRefusal(error)) throw error
  const { message, code, status, headers } = error
  const refusal = { success: /** @type {const} */ (false), error: message, code, status, headers }
  return auth === undefined ? refusal : { ...refusal, auth }
}

/** @type {typeof import('logto-authkit').withNextAuth} */
function withNextAuth(handler, options) {
  return async function logtoAuth(request, ...rest) {
    // Only the handler's own annotations say what it is.
    const ctx = /** @type {any} */ (rest[0])
    try {
      const { auth, error, isFreshGuest } = await authenticate(request, options)
      if (auth === undefined) return respond(error)
      const response = await handler(request, auth, ctx)
      return isFreshGuest ? withGuestCookie(response, auth.guestId, request) : response
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      // Of wrong options, which nobody has read before, or of the handler's own checks.
      return respond(isRefusal(error) ? authenticatorFor(options).complete(error) : error)
    }
  }
}

/** @type {(error: PublicAuthError) => Response} */
function respond(error) {
  const { status, headers, body } = refusalResponse(error)
  return Response.json(body, { status, headers })
}

/** @type {(request: unknown, options: AuthOptions) => Promise<Outcome>} */
async function authenticate(request, options) {
  // Not before a request: next build loads the module too, where the environment need not be set.
  const authenticator = authenticatorFor(options)
  const outcome = await authenticator.authenticate(request)
  if (outcome.error !== undefined) authenticator.observe(outcome.error, request)
  return outcome
}

/**
 * A copy, since the headers of a redirect or of a fetched response cannot be changed.
 *
 * @type {(response: Response, guestId: string, request: Request) => Response}
 */
function withGuestCookie(response, guestId, request) {
  const copy = new Response(response.body, response)
  const secure = new URL(request.url).protocol === 'https:'
  copy.headers.append('Set-Cookie', buildGuestCookieHeader(guestId, { secure }))
  if (!copy.headers.has('Cache-Control')) copy.headers.set('Cache-Control', PRIVATE)
  return copy
}

module.exports = { verifyNextAuth, withNextAuth }
