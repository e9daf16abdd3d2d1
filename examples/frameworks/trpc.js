const { TRPCError, initTRPC } = require('@trpc/server')
const { createHTTPServer } = require('@trpc/server/adapters/standalone')
const { createVerifier, hasScopes } = require('logto-authkit/server')

const verifier = createVerifier({ logtoUrl: process.env.LOGTO_URL, audience: process.env.AUDIENCE })

/** The context of a request: `auth`, or the `error` that a guarded procedure fails with. */
function createContext({ req }) {
  return verifier.verify(req).then(
    (auth) => ({ auth }),
    (error) => ({ error }),
  )
}

const CODES = { 401: 'UNAUTHORIZED', 500: 'INTERNAL_SERVER_ERROR', 503: 'SERVICE_UNAVAILABLE' }

const t = initTRPC.context().create()

const signedIn = t.procedure.use(({ ctx, next }) => {
  if (ctx.error) throw new TRPCError({ code: CODES[ctx.error.status], message: ctx.error.message, cause: ctx.error })
  return next()
})
const admin = signedIn.use(({ ctx, next }) => {
  if (!hasScopes(ctx.auth, 'admin:write')) throw new TRPCError({ code: 'FORBIDDEN' })
  return next()
})

const router = t.router({
  hello: t.procedure.query(() => 'whoever you are'),
  me: signedIn.query(({ ctx }) => ({ userId: ctx.auth.userId })),
  admin: admin.query(({ ctx }) => ({ admin: ctx.auth.userId })),
})

const server = createHTTPServer({ router, createContext })
server.listen(process.env.PORT ?? 3000, () => console.log(`Listening on port ${server.address().port}`))
