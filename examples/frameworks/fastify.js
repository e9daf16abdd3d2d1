const Fastify = require('fastify')
const { logtoAuth } = require('logto-authkit/fastify')
const { requireAuth } = require('logto-authkit/server')

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env
const options = { logtoUrl, audience }

const app = Fastify()
app.get('/', async () => ({ hello: 'whoever you are' }))

// What is registered in a scope guards that scope: one for each kind of guard.
app.register(async (signedIn) => {
  signedIn.register(logtoAuth, options)
  signedIn.get('/me', async (request) => ({ userId: requireAuth(request).userId }))
})
app.register(async (admins) => {
  admins.register(logtoAuth, { ...options, requiredScope: 'admin:write' })
  admins.get('/admin', async (request) => ({ admin: requireAuth(request).userId }))
})
app.register(async (anyone) => {
  anyone.register(logtoAuth, { ...options, allowGuest: true })
  anyone.get('/feed', async ({ auth }) => ({ userId: auth?.userId, guestId: auth?.guestId }))
})

const port = Number(process.env.PORT ?? 3000)
app.listen({ port }).then(() => console.log(`Listening on port ${port}`))
