'use strict'

/**
 * @import { Context, Next } from 'hono'
 * @import { AuthError, GuestContext } from 'logto-authkit'
 */

const { Authenticator } = require('../authenticator')
const { refusalResponse } = require('../refusal-response')
const { PRIVATE, buildGuestCookieHeader } = require('../set-cookie')

/** @type {typeof import('logto-authkit/hono').logtoAuth} */
function logtoAuth(options) {
  const authenticator = new Authenticator(options)
  const { onError = respond } = authenticator.settings

  return async (/** @type {any} */ c, next) => {
    const { auth, error, isFreshGuest } = await authenticator.authenticate(c.req.raw)
    if (auth === undefined) return onError(error, c, next)
    c.set('auth', auth)
    await next()
    // Set after the handler: a Response of the handler's own would not take over headers that were set before.
    if (isFreshGuest) persistGuest(auth, c)
  }
}

/** @type {(error: AuthError, c: Context, next: Next) => Response} */
function respond(error, c) {
  const { status, headers, body } = refusalResponse(error)
  return c.json(body, status, headers)
}

/** @type {(guest: GuestContext, c: Context) => void} */
function persistGuest({ guestId }, c) {
  const secure = new URL(c.req.url).protocol === 'https:'
  c.header('Set-Cookie', buildGuestCookieHeader(guestId, { secure }), { append: true })
  if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', PRIVATE)
}

module.exports = { logtoAuth }
