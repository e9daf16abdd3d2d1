import Koa from 'koa'
import type { AuthContext, VerifyAuthOptions } from 'logto-authkit'
import { type AuthState, type KoaAuthOptions, logtoAuth } from 'logto-authkit/koa'

const options: VerifyAuthOptions = { logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' }

const forbidding: KoaAuthOptions = {
  ...options,
  requiredScope: 'admin:write',
  onError: (error, ctx, next) => {
    if (error.code === 'token_missing') return next()
    ctx.status = error.status
    ctx.set(error.headers)
    ctx.body = error
  },
}

// What a middleware adds to the state, the ones after it know.
export const app = new Koa()
app.use(logtoAuth(options)).use((ctx) => {
  const auth: AuthContext = ctx.state.auth
  ctx.body = { userId: auth.userId }
})

app.use(logtoAuth(options)).use((ctx) => {
  // @ts-expect-error a guest has no payload
  ctx.body = ctx.state.auth.payload.sub
})

// The claims of the app's own tokens.
app.use(logtoAuth<{ sub: string; roles: string[] }>(options)).use((ctx) => {
  const { auth } = ctx.state
  ctx.body = auth.isAuthenticated ? auth.payload.roles.length : auth.guestId
})

export const typed = new Koa<AuthState & { started: number }>()
typed.use(logtoAuth(forbidding))
typed.use((ctx) => {
  ctx.body = { scope: ctx.state.auth.payload?.scope, started: ctx.state.started }
})

// The request is Koa's.
app.use(
  logtoAuth({ ...options, organization: ({ ctx }) => ctx.params.id, check: (_auth, { method }) => method === 'GET' }),
)

// @ts-expect-error audience is required
logtoAuth({ logtoUrl: 'https://tenant.logto.app' })
// @ts-expect-error a misspelt option
logtoAuth({ ...options, requiredScopes: 'admin:write' })
