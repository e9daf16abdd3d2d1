const express = require('express-4')
const { createExpressAuthMiddleware } = require('logto-authkit/server')

const options = { logtoUrl: process.env.LOGTO_URL, audience: process.env.AUDIENCE }

const app = express()
app.get('/', (_req, res) => res.json({ hello: 'whoever you are' }))
app.get('/me', createExpressAuthMiddleware(options), (req, res) => {
  res.json({ userId: req.auth.userId })
})
app.get('/admin', createExpressAuthMiddleware({ ...options, requiredScope: 'admin:write' }), (req, res) => {
  res.json({ admin: req.auth.userId })
})
app.get('/feed', createExpressAuthMiddleware({ ...options, allowGuest: true }), (req, res) => {
  res.json({ userId: req.auth.userId, guestId: req.auth.guestId })
})

const server = app.listen(process.env.PORT ?? 3000, () => console.log(`Listening on port ${server.address().port}`))
