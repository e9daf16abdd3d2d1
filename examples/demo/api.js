'use strict'

const express = require('express')
const { createExpressAuthMiddleware, principalOf } = require('logto-authkit')

/**
 * The API that the demo asks: a public route, one for valid tokens, one for a scope, one for each organization, and
 * one that takes guests too.
 *
 * @param {import('logto-authkit').VerifyAuthOptions} options those of every guarded route: `logtoUrl`, `audience`, ...
 */
function createApi(options) {
  const signedIn = createExpressAuthMiddleware(options)
  const admin = createExpressAuthMiddleware({ ...options, requiredScope: 'admin:write' })
  const member = createExpressAuthMiddleware({ ...options, organization: ({ params }) => params.organizationId })
  const anyone = createExpressAuthMiddleware({ ...options, allowGuest: true })

  const app = express()

  app.get('/', (_req, res) => {
    res.json({ message: 'Hello, whoever you are' })
  })

  app.get('/me', signedIn, ({ auth }, res) => {
    res.json({ userId: auth.userId, scope: auth.payload.scope })
  })

  app.get('/admin', admin, ({ auth }, res) => {
    res.json({ message: `Hello, admin ${auth.userId}` })
  })

  app.get('/organizations/:organizationId', member, ({ auth }, res) => {
    res.json({ userId: auth.userId, organizationId: principalOf(auth).organizationId })
  })

  app.get('/feed', anyone, ({ auth }, res) => {
    const { isGuest, guestId, userId } = auth
    res.json(isGuest ? { isGuest, guestId } : { isGuest, userId })
  })

  return app
}

module.exports = { createApi }
