import Fastify from 'fastify'
import type { AuthContext, AuthErrorCode } from 'logto-authkit'
import { type FastifyAuthOptions, logtoAuth } from 'logto-authkit/fastify'

const options: FastifyAuthOptions = {
  logtoUrl: 'https://tenant.logto.app',
  audience: 'https://api.example.com',
  requiredScope: 'read:things',
  onError: (error, request, reply) => {
    const code: AuthErrorCode = error.code
    request.log.warn({ code, details: error.details })
    return reply.code(403).send(error.toJSON())
  },
}

export const app = Fastify({ logger: true })
app.register(logtoAuth, options)
app.register(async (scope) => {
  await scope.register(logtoAuth, { ...options, allowGuest: true })
  scope.get('/feed', async (request) => ({ guestId: request.auth?.guestId }))
})
app.get('/me', async (request) => {
  const auth: AuthContext | null | undefined = request.auth
  return auth?.isAuthenticated ? { userId: auth.userId, email: auth.payload.email } : { guestId: auth?.guestId }
})

// The request is Fastify's.
const ofOrganization: FastifyAuthOptions = {
  ...options,
  organization: (request) => request.headers['x-organization']?.toString(),
  check: async (auth, request) => auth.isAuthenticated && request.method === 'GET',
}
app.register(logtoAuth, ofOrganization)

// @ts-expect-error audience is required
app.register(logtoAuth, { logtoUrl: 'https://tenant.logto.app' })
// @ts-expect-error a misspelt option
app.register(logtoAuth, { ...options, requiredScopes: 'admin:write' })
// @ts-expect-error where nothing guards, there is no auth
app.get('/open', async (request) => request.auth.userId)
