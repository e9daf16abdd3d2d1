'use strict'

/**
 * @import { AuthError, MiddlewareNext, MiddlewareResponse } from 'logto-authkit'
 * @import { Admission, Outcome } from '../authenticator'
 */

const { Authenticator } = require('../authenticator')
const { refusalResponse } = require('../refusal-response')
const { buildGuestCookieHeader, setPrivateCookie } = require('../set-cookie')
const { isThenable } = require('../thenable')

/** @type {typeof import('logto-authkit').createExpressAuthMiddleware} */
function createExpressAuthMiddleware(options) {
  const authenticator = new Authenticator(options)
  const { onError = respond } = authenticator.settings

  return function logtoAuth(req, res, next) {
    try {
      const outcome = authenticator.authenticate(req)
      // A handler that returns no promise is one that Express need not wait for.
      if (isThenable(outcome) || outcome.auth === undefined) return conclude(outcome, req, res, next)
      admit(outcome, req, res)
    } catch (bug) {
      return next(bug)
    }
    next()
  }

  /** @type {(pending: Outcome | Promise<Outcome>, req: any, res: any, next: MiddlewareNext) => Promise<void>} */
  async function conclude(pending, req, res, next) {
    try {
      const outcome = await pending
      if (outcome.auth === undefined) return await onError(outcome.error, req, res, next)
      admit(outcome, req, res)
    } catch (bug) {
      return next(bug)
    }
    next()
  }
}

/** @type {(outcome: Admission, req: any, res: MiddlewareResponse) => void} */
function admit({ auth, isFreshGuest }, req, res) {
  if (isFreshGuest) persistGuest(auth.guestId, req, res)
  req.auth = auth
}

/** @type {(error: AuthError, req: unknown, res: MiddlewareResponse, next: MiddlewareNext) => void} */
function respond(error, _req, res) {
  const { status, headers, body } = refusalResponse(error)
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  res.status(status).json(body)
}

/** @type {(guestId: string, req: any, res: MiddlewareResponse) => void} */
function persistGuest(guestId, req, res) {
  setPrivateCookie(res, buildGuestCookieHeader(guestId, { secure: req.secure === true }))
}

module.exports = { createExpressAuthMiddleware }
