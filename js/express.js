'use strict'

const { Authenticator } = require('./authenticator')
const { refusalResponse } = require('./refusal-response')
const { buildGuestCookieHeader } = require('./set-cookie')

/** @see `createExpressAuthMiddleware` in index.d.ts */
function createExpressAuthMiddleware(options) {
  const authenticator = new Authenticator(options)
  const { onError = respond } = authenticator.settings

  return async function logtoAuth(req, res, next) {
    try {
      const outcome = authenticator.authenticate(req)
      const { auth, error, isFreshGuest } = outcome instanceof Promise ? await outcome : outcome
      if (auth === undefined) return await onError(error, req, res, next)
      if (isFreshGuest) persistGuest(auth.guestId, req, res)
      req.auth = auth
    } catch (bug) {
      return next(bug)
    }
    next()
  }
}

function respond(error, _req, res) {
  const { status, headers, body } = refusalResponse(error)
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  res.status(status).json(body)
}

function persistGuest(guestId, req, res) {
  res.appendHeader('Set-Cookie', buildGuestCookieHeader(guestId, { secure: req.secure === true }))
}

module.exports = { createExpressAuthMiddleware }
