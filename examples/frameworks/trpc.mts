const { TRPCError, initTRPC } = require('@trpc/server')
const { createHTTPServer } = require('@trpc/server/adapters/standalone')
const { AuthError, createVerifier, requireScopes } = require('logto-authkit/server')

const verifier = createVerifier({ logtoUrl: process.env.LOGTO_URL, audience: process.env.AUDIENCE })

/** The context of a request: `auth`, or the `error` that a guarded procedure fails with. */
function createContext({ req }) {
  return verifier.verify(req).then(
    (auth) => ({ auth }),
    (error) => ({ error }),
  )
}

const CODES = { 401: 'UNAUTHORIZED', 403: 'FORBIDDEN', 503: 'SERVICE_UNAVAILABLE' }

const t = initTRPC.context().create()

const signedIn = guarded(({ error }) => {
  if (error) throw error
})
const admin = guarded(({ auth, error }) => {
  if (error) throw error
  requireScopes(auth, 'admin:write')
})

/** A procedure behind a check, which throws where it refuses. */
function guarded(check) {
  return t.procedure.use(({ ctx, next }) => {
    try {
      check(ctx)
    } catch (error) {
      throw refusal(error)
    }
    return next()
  })
}

function refusal(cause) {
  const code = CODES[cause.status]
  if (code !== undefined) return new TRPCError({ code, message: cause.message, cause })
  // A mistake in the set-up, or a bug: what it is, the log alone learns.
  console.error(cause)
  return new TRPCError({ code: 'INTERNAL_SERVER_ERROR' })
}

/** The headers that belong to a refusal: a challenge, or Retry-After. */
function responseMeta({ errors }) {
  return { headers: errors.find(({ cause }) => cause instanceof AuthError)?.cause.headers }
}

const router = t.router({
  hello: t.procedure.query(() => 'whoever you are'),
  me: signedIn.query(({ ctx }) => ({ userId: ctx.auth.userId })),
  admin: admin.query(({ ctx }) => ({ admin: ctx.auth.userId })),
})

const server = createHTTPServer({ router, createContext, responseMeta })
server.listen(process.env.PORT ?? 3000, () => console.log(`Listening on port ${server.address().port}`))
