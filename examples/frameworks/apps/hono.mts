import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { logtoAuth } from 'logto-authkit/hono'
import { isReady, principalOf, requireAuth, type VerifyAuthOptions } from 'logto-authkit/server'

/** The app, for your tenant or for that of a test. */
export function createApp(options: VerifyAuthOptions) {
  const app = new Hono()

  app.get('/readyz', (c) => c.body(null, isReady(options) ? 200 : 503))
  app.use(cors({ origin: 'https://app.example.com', exposeHeaders: ['WWW-Authenticate', 'Retry-After'] }))

  const organization = ({ url }: Request) => new URL(url).pathname.match(/^\/organizations\/([^/]+)$/)?.[1]
  app.get('/organizations/:organizationId', logtoAuth({ ...options, organization }), (c) => {
    return c.json({ organizationId: principalOf(c.get('auth')).organizationId })
  })

  const problems = logtoAuth({
    ...options,
    onError: (error, c) => {
      const { status, headers, code, message } = error
      if (status === 500) throw error // A mistake in the set-up is for the log.
      return c.json({ title: message, status, code }, status, headers)
    },
  })
  app.get('/profile', problems, (c) => c.json({ userId: requireAuth(c.get('auth')).userId }))

  app.get('/feed', logtoAuth({ ...options, allowGuest: true }), (c) => {
    const auth = c.get('auth')
    return c.json(auth.isAuthenticated ? { userId: auth.userId } : { guestId: auth.guestId })
  })

  return app
}

/** Behind a proxy that ends TLS: the request by the URL that the browser asked. */
export function behindTls(request: Request) {
  return new Request(request.url.replace(/^http:/, 'https:'), request)
}
