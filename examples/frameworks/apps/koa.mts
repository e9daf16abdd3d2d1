import cors from '@koa/cors'
import Router from '@koa/router'
import Koa from 'koa'
import { logtoAuth } from 'logto-authkit/koa'
import { isReady, principalOf, requireAuth, type VerifyAuthOptions } from 'logto-authkit/server'

/** The app, for your tenant or for that of a test. */
export function createApp(options: VerifyAuthOptions) {
  const app = new Koa()
  const router = new Router()

  app.proxy = true
  app.use(cors({ origin: 'https://app.example.com', exposeHeaders: ['WWW-Authenticate', 'Retry-After'] }))
  router.get('/readyz', (ctx) => {
    ctx.status = isReady(options) ? 200 : 503
  })

  const members = logtoAuth({ ...options, organization: ({ ctx }) => ctx.params.organizationId })
  router.get('/organizations/:organizationId', members, (ctx) => {
    ctx.body = { organizationId: principalOf(requireAuth(ctx.state)).organizationId }
  })

  const problems = logtoAuth({
    ...options,
    onError: (error, ctx) => {
      const { status, headers, code, message } = error
      if (status === 500) throw error // A mistake in the set-up is for the log.
      ctx.status = status
      ctx.set(headers)
      ctx.body = { title: message, status, code }
    },
  })
  router.get('/profile', problems, (ctx) => {
    ctx.body = { userId: requireAuth(ctx.state).userId }
  })

  router.get('/feed', logtoAuth({ ...options, allowGuest: true }), (ctx) => {
    const { auth } = ctx.state
    ctx.body = auth.isAuthenticated ? { userId: auth.userId } : { guestId: auth.guestId }
  })

  return app.use(router.routes())
}
