'use strict'

/**
 * @import { Next, ParameterizedContext } from 'koa'
 * @import { AuthError, GuestContext } from 'logto-authkit'
 */

const { Authenticator } = require('../authenticator')
const { refusalResponse } = require('../refusal-response')
const { PRIVATE, buildGuestCookieHeader } = require('../set-cookie')

/** @type {typeof import('logto-authkit/koa').logtoAuth} */
function logtoAuth(options) {
  const authenticator = new Authenticator(options)
  const { onError = respond } = authenticator.settings

  return async (ctx, next) => {
    const { auth, error, isFreshGuest } = await authenticator.authenticate(ctx.request)
    if (auth === undefined) return onError(error, ctx, next)
    if (isFreshGuest) persistGuest(auth, ctx)
    ctx.state.auth = auth
    return next()
  }
}

/** @type {(error: AuthError, ctx: ParameterizedContext, next: Next) => void} */
function respond(error, ctx) {
  const { status, headers, body } = refusalResponse(error)
  ctx.status = status
  ctx.set(headers)
  ctx.body = body
}

/** @type {(guest: GuestContext, ctx: ParameterizedContext) => void} */
function persistGuest({ guestId }, ctx) {
  ctx.append('Set-Cookie', buildGuestCookieHeader(guestId, { secure: ctx.secure }))
  // The handler may still set its own.
  if (!ctx.res.hasHeader('Cache-Control')) ctx.set('Cache-Control', PRIVATE)
}

module.exports = { logtoAuth }
