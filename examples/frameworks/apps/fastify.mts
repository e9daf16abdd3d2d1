import cors from '@fastify/cors'
import Fastify, { type FastifyRequest } from 'fastify'
import { logtoAuth } from 'logto-authkit/fastify'
import { isReady, principalOf, requireAuth, type VerifyAuthOptions } from 'logto-authkit/server'

/** The app, for your tenant or for that of a test. */
export function createApp(options: VerifyAuthOptions) {
  const app = Fastify({ trustProxy: 'loopback' })

  app.get('/readyz', (_request, reply) => reply.code(isReady(options) ? 200 : 503).send())
  app.register(cors, { origin: 'https://app.example.com', exposedHeaders: ['WWW-Authenticate', 'Retry-After'] })

  type OfOrganization = { Params: { organizationId: string } }
  app.register(async (members) => {
    const organization = (request: FastifyRequest) => (request as FastifyRequest<OfOrganization>).params.organizationId
    members.register(logtoAuth, { ...options, organization })
    members.get('/organizations/:organizationId', async (request) => {
      return { organizationId: principalOf(requireAuth(request)).organizationId }
    })
  })

  app.register(async (problems) => {
    problems.register(logtoAuth, {
      ...options,
      onError: (error, _request, reply) => {
        const { status, headers, code, message } = error
        if (status === 500) throw error // A mistake in the set-up is for the log.
        return reply.code(status).headers(headers).send({ title: message, status, code })
      },
    })
    problems.get('/profile', async (request) => ({ userId: requireAuth(request).userId }))
  })

  app.register(async (anyone) => {
    anyone.register(logtoAuth, { ...options, allowGuest: true })
    anyone.get('/feed', async ({ auth }) => {
      return auth?.isAuthenticated ? { userId: auth.userId } : { guestId: auth?.guestId }
    })
  })

  return app
}
