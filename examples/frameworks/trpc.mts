import { initTRPC, TRPCError } from '@trpc/server'
import { type CreateHTTPContextOptions, createHTTPServer } from '@trpc/server/adapters/standalone'
import { type AuthContext, AuthError, createVerifier, requireAuth, requireScopes } from 'logto-authkit/server'

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env
const verifier = createVerifier({ logtoUrl, audience })

/** The context of a request: `auth`, or the `error` that a guarded procedure fails with. */
interface Context {
  auth?: AuthContext
  error?: unknown
}

function createContext({ req }: CreateHTTPContextOptions): Promise<Context> {
  return verifier.verify(req).then(
    (auth) => ({ auth }),
    (error) => ({ error }),
  )
}

const CODES = { 401: 'UNAUTHORIZED', 403: 'FORBIDDEN', 503: 'SERVICE_UNAVAILABLE' } as const

const t = initTRPC.context<Context>().create()

const signedIn = guarded(() => {})
const admin = guarded((auth) => requireScopes(auth, 'admin:write'))

/** A procedure for users, behind a check, which throws where it refuses. */
function guarded(check: (auth: AuthContext) => void) {
  return t.procedure.use(({ ctx, next }) => {
    try {
      if (ctx.error) throw ctx.error
      const auth = requireAuth(ctx)
      check(auth)
      return next({ ctx: { auth } })
    } catch (error) {
      throw refusal(error)
    }
  })
}

function refusal(cause: unknown) {
  if (cause instanceof AuthError && cause.status !== 500) {
    return new TRPCError({ code: CODES[cause.status], message: cause.message, cause })
  }
  // A mistake in the set-up, or a bug: what it is, the log alone learns.
  console.error(cause)
  return new TRPCError({ code: 'INTERNAL_SERVER_ERROR' })
}

/** The headers that belong to a refusal: a challenge, or Retry-After. */
function responseMeta({ errors }: { errors: TRPCError[] }) {
  const cause = errors.find((error) => error.cause instanceof AuthError)?.cause
  return cause instanceof AuthError ? { headers: { ...cause.headers } } : {}
}

const router = t.router({
  hello: t.procedure.query(() => 'whoever you are'),
  me: signedIn.query(({ ctx }) => ({ userId: ctx.auth.userId })),
  admin: admin.query(({ ctx }) => ({ admin: ctx.auth.userId })),
})

const port = Number(process.env.PORT ?? 3000)
createHTTPServer({ router, createContext, responseMeta }).listen(port, () => console.log(`Listening on port ${port}`))
