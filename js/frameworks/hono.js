'use strict'

const { Authenticator } = require('../authenticator')
const { refusalResponse } = require('../refusal-response')
const { buildGuestCookieHeader } = require('../set-cookie')

/** @see `logtoAuth` in hono.d.ts */
function logtoAuth(options) {
  const authenticator = new Authenticator(options)
  const { onError = respond } = authenticator.settings

  return async (c, next) => {
    const { auth, error, isFreshGuest } = await authenticator.authenticate(c.req.raw)
    if (auth === undefined) return onError(error, c, next)
    c.set('auth', auth)
    await next()
    // Not before: a handler may answer with a Response of its own, which takes over no headers.
    if (isFreshGuest) c.header('Set-Cookie', guestCookie(auth, c), { append: true })
  }
}

function respond(error, c) {
  const { status, headers, body } = refusalResponse(error)
  return c.json(body, status, headers)
}

function guestCookie({ guestId }, c) {
  return buildGuestCookieHeader(guestId, { secure: new URL(c.req.url).protocol === 'https:' })
}

module.exports = { logtoAuth }
