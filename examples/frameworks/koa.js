const { Router } = require('@koa/router')
const Koa = require('koa')
const { logtoAuth } = require('logto-authkit/koa')

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env
const options = { logtoUrl, audience }

const router = new Router()
router.get('/', (ctx) => {
  ctx.body = { hello: 'whoever you are' }
})
router.get('/me', logtoAuth(options), (ctx) => {
  ctx.body = { userId: ctx.state.auth.userId }
})
router.get('/admin', logtoAuth({ ...options, requiredScope: 'admin:write' }), (ctx) => {
  ctx.body = { admin: ctx.state.auth.userId }
})
router.get('/feed', logtoAuth({ ...options, allowGuest: true }), (ctx) => {
  const { userId, guestId } = ctx.state.auth
  ctx.body = { userId, guestId }
})

const app = new Koa().use(router.routes())
const port = process.env.PORT ?? 3000
app.listen(port, () => console.log(`Listening on port ${port}`))
