'use strict'

const express = require('express')
const { createExpressAuthMiddleware } = require('logto-authkit')

/**
 * @param {import('logto-authkit').VerifyAuthOptions} options those of every guarded route: `logtoUrl`, `audience`, ...
 */
function createApp(options) {
  const signedIn = createExpressAuthMiddleware(options)
  const admin = createExpressAuthMiddleware({ ...options, requiredScope: 'admin:write' })
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

  app.get('/feed', anyone, ({ auth }, res) => {
    const { isGuest, guestId, userId } = auth
    res.json(isGuest ? { isGuest, guestId } : { isGuest, userId })
  })

  return app
}

function main({ LOGTO_URL, AUDIENCE, PORT = '3000' }) {
  if (!LOGTO_URL || !AUDIENCE) {
    console.error('Set LOGTO_URL, the endpoint of your Logto tenant, and AUDIENCE, the indicator of your API resource.')
    process.exit(1)
  }
  createApp({ logtoUrl: LOGTO_URL, audience: AUDIENCE }).listen(PORT, (error) => {
    if (error) throw error
    console.log(`Listening on http://localhost:${PORT}`)
  })
}

if (require.main === module) main(process.env)

module.exports = { createApp }
