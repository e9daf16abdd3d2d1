const Fastify = require('fastify')
const cookie = require('@fastify/cookie')
const { logtoAuth } = require('logto-authkit/fastify')

const options = { logtoUrl: process.env.LOGTO_URL, audience: process.env.AUDIENCE }

const app = Fastify()
app.register(cookie)
app.get('/', async () => ({ hello: 'whoever you are' }))

app.register(async (signedIn) => {
  signedIn.register(logtoAuth, options)
  signedIn.get('/me', async (request) => ({ userId: request.auth.userId }))
})
app.register(async (admins) => {
  admins.register(logtoAuth, { ...options, requiredScope: 'admin:write' })
  admins.get('/admin', async (request) => ({ admin: request.auth.userId }))
})
app.register(async (anyone) => {
  anyone.register(logtoAuth, { ...options, allowGuest: true })
  anyone.get('/feed', async ({ auth }, reply) => {
    reply.setCookie('seen', 'yes')
    return { userId: auth.userId, guestId: auth.guestId }
  })
})

app.listen({ port: Number(process.env.PORT ?? 3000) }).then(() => {
  console.log(`Listening on port ${app.server.address().port}`)
})
