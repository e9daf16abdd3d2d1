'use strict'

/**
 * @import { Next, ParameterizedContext } from 'koa'
 * @import { AuthError } from 'logto-authkit'
 */

const { Authenticator } = require('../authenticator')
const { refusalResponse } = require('../refusal-response')
const { buildGuestCookieHeader } = require('../set-cookie')

/** @type {typeof import('logto-authkit/koa').logtoAuth} */
function logtoAuth(options) {
  const authenticator = new Authenticator(options)
  const { onError = respond } = authenticator.settings

  return async (ctx, next) => {
    const { auth, error, isFreshGuest } = await authenticator.authenticate(ctx.req)
    if (auth === undefined) return onError(error, ctx, next)
    if (isFreshGuest) ctx.append('Set-Cookie', buildGuestCookieHeader(auth.guestId, { secure: ctx.secure }))
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

module.exports = { logtoAuth }
