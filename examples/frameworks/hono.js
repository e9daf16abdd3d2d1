const { serve } = require('@hono/node-server')
const { Hono } = require('hono')
const { logtoAuth } = require('logto-authkit/hono')

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env
const options = { logtoUrl, audience }

const app = new Hono()
app.get('/', (c) => c.json({ hello: 'whoever you are' }))
app.get('/me', logtoAuth(options), (c) => c.json({ userId: c.get('auth').userId }))
app.get('/admin', logtoAuth({ ...options, requiredScope: 'admin:write' }), (c) => {
  return c.json({ admin: c.get('auth').userId })
})
app.get('/feed', logtoAuth({ ...options, allowGuest: true }), (c) => {
  const { userId, guestId } = c.get('auth')
  return c.json({ userId, guestId })
})

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) => {
  console.log(`Listening on port ${port}`)
})
