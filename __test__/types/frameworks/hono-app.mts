import { Hono } from 'hono'
import type { AuthContext, VerifyAuthOptions } from 'logto-authkit'
import { type AuthVariables, type HonoAuthOptions, logtoAuth } from 'logto-authkit/hono'

const options: VerifyAuthOptions = { logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' }

const forbidding: HonoAuthOptions = {
  ...options,
  requiredScope: 'admin:write',
  onError: (error, c) => c.json({ code: error.code }, error.status, error.headers),
}

// A route's own middleware tells its handler what it sets.
export const app = new Hono()
app.get('/me', logtoAuth(options), (c) => {
  const auth: AuthContext = c.get('auth')
  return c.json({ userId: auth.userId, scope: c.var.auth.payload?.scope })
})
// @ts-expect-error a guest has no payload
app.get('/sub', logtoAuth(options), (c) => c.json(c.get('auth').payload.sub))
// @ts-expect-error nothing sets it here
app.get('/open', (c) => c.json(c.get('auth')))

// The claims of the app's own tokens.
app.get('/roles', logtoAuth<{ sub: string; roles: string[] }>(options), (c) => {
  const auth = c.get('auth')
  return c.json(auth.isAuthenticated ? auth.payload.roles.length : auth.guestId)
})

// For all routes, the app is told.
export const guarded = new Hono<{ Bindings: { LOGTO_URL: string }; Variables: AuthVariables & { started: number } }>()
guarded.use(logtoAuth(forbidding))
// Where the options are in the bindings, as on Workers.
guarded.use('/feed/*', (c, next) => logtoAuth({ ...options, logtoUrl: c.env.LOGTO_URL, allowGuest: true })(c, next))
guarded.get('/feed/all', (c) => c.json({ guestId: c.get('auth').guestId }))

// The request is Fetch's.
logtoAuth({
  ...options,
  organization: (request) => request.headers.get('x-organization') ?? undefined,
  check: (auth, request) => auth.isAuthenticated && request.method === 'GET',
})

logtoAuth({
  ...options,
  onError: async (error, c, next) => {
    if (error.code !== 'token_missing') return c.text('no', 401)
    await next()
  },
})

// @ts-expect-error audience is required
logtoAuth({ logtoUrl: 'https://tenant.logto.app' })
// @ts-expect-error a misspelt option
logtoAuth({ ...options, requiredScopes: 'admin:write' })
