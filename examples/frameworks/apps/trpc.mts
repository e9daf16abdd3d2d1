import { initTRPC, TRPCError } from '@trpc/server'
import { type CreateHTTPContextOptions, createHTTPHandler } from '@trpc/server/adapters/standalone'
import cors from 'cors'
import {
  type AuthContext,
  AuthError,
  buildGuestCookieHeader,
  createVerifier,
  isReady,
  principalOf,
  requireAuth,
  type VerifyAuthOptions,
} from 'logto-authkit/server'

interface Context {
  auth: AuthContext
  /** Why the author of the request is a guest. */
  error?: unknown
}

const CODES = { 401: 'UNAUTHORIZED', 403: 'FORBIDDEN', 503: 'SERVICE_UNAVAILABLE' } as const

const t = initTRPC.context<Context>().create({
  errorFormatter({ shape, error: { cause } }) {
    return { ...shape, data: { ...shape.data, reason: cause instanceof AuthError ? cause.code : null } }
  },
})

const signedIn = t.procedure.use(({ ctx, next }) => {
  if (ctx.auth.isAuthenticated) return next({ ctx: { auth: requireAuth(ctx) } })
  if (!(ctx.error instanceof AuthError) || ctx.error.status === 500) throw ctx.error
  const { status, message } = ctx.error
  throw new TRPCError({ code: CODES[status], message, cause: ctx.error })
})

const router = t.router({
  organization: signedIn.input(String).query(({ ctx, input }) => {
    const { organizationId } = principalOf(ctx.auth)
    if (organizationId !== input) throw new TRPCError({ code: 'FORBIDDEN' })
    return { organizationId }
  }),
  feed: t.procedure.query(({ ctx: { auth } }) => {
    return auth.isAuthenticated ? { userId: auth.userId } : { guestId: auth.guestId }
  }),
})

/** What answers HTTP requests, for your tenant or for that of a test. */
export function createHandler(options: VerifyAuthOptions) {
  const verifier = createVerifier(options)
  const anyone = createVerifier({ ...options, allowGuest: true })

  async function createContext({ req }: CreateHTTPContextOptions): Promise<Context> {
    try {
      return { auth: await verifier.verify(req) }
    } catch (error) {
      return { auth: await anyone.verify(req), error }
    }
  }

  const trpc = createHTTPHandler({
    router,
    createContext,
    middleware: cors({ origin: 'https://app.example.com', exposedHeaders: ['WWW-Authenticate', 'Retry-After'] }),
    responseMeta({ ctx, errors }) {
      const cause = errors.find((error) => error.cause instanceof AuthError)?.cause
      if (cause instanceof AuthError) return { headers: { ...cause.headers } }
      if (!ctx?.auth.isGuest) return {}
      return { headers: { 'Set-Cookie': buildGuestCookieHeader(ctx.auth.guestId), 'Cache-Control': 'private' } }
    },
  })

  return ((req, res) => {
    if (req.url === '/readyz') res.writeHead(isReady(options) ? 200 : 503).end()
    else trpc(req, res)
  }) satisfies typeof trpc
}
