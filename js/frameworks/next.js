'use strict'

/** @import { Outcome } from '../authenticator' */

const { authenticatorFor } = require('../authenticator')
const { isRefusal } = require('../errors')
const { refusalResponse } = require('../refusal-response')
const { buildGuestCookieHeader } = require('../set-cookie')

/** @type {typeof import('logto-authkit').verifyNextAuth} */
async function verifyNextAuth(request, options) {
  const { auth, error } = await authenticate(authenticatorFor(options), request)
  if (error === undefined) return { success: true, auth }
  return auth === undefined ? { success: false, error: error.message } : { success: false, error: error.message, auth }
}

/** @type {typeof import('logto-authkit').withNextAuth} */
function withNextAuth(handler, options) {
  return async function logtoAuth(request, ctx) {
    // Not before a request: next build loads the module too, where the environment need not be set.
    const { auth, error, isFreshGuest } = await authenticate(authenticatorFor(options), request)
    if (auth === undefined) {
      const { status, headers, body } = refusalResponse(error)
      return Response.json(body, { status, headers })
    }
    const response = await handler(request, auth, ctx)
    return isFreshGuest ? withGuestCookie(response, auth.guestId, request) : response
  }
}

/** @type {(authenticator: ReturnType<typeof authenticatorFor>, request: unknown) => Promise<Outcome>} */
async function authenticate(authenticator, request) {
  const outcome = await authenticator.authenticate(request)
  if (outcome.error === undefined) return outcome
  authenticator.observe(outcome.error, request)
  if (!isRefusal(outcome.error)) throw outcome.error
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
  return copy
}

module.exports = { verifyNextAuth, withNextAuth }
