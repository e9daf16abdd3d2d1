const express = require('express')
const { createExpressAuthMiddleware, requireAuth } = require('logto-authkit/server')
require('logto-authkit/express-request')

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env
const options = { logtoUrl, audience }

const app = express()
app.get('/', (_req, res) => res.json({ hello: 'whoever you are' }))
app.get('/me', createExpressAuthMiddleware(options), (req, res) => {
  res.json({ userId: requireAuth(req).userId })
})
app.get('/admin', createExpressAuthMiddleware({ ...options, requiredScope: 'admin:write' }), (req, res) => {
  res.json({ admin: requireAuth(req).userId })
})
app.get('/feed', createExpressAuthMiddleware({ ...options, allowGuest: true }), (req, res) => {
  res.json({ userId: req.auth?.userId, guestId: req.auth?.guestId })
})

const port = process.env.PORT ?? 3000
app.listen(port, () => console.log(`Listening on port ${port}`))
