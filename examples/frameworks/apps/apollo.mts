import { ApolloServer, HeaderMap } from '@apollo/server'
import { GraphQLError } from 'graphql'
import {
  type AuthContext,
  AuthError,
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

const CODES = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 503: 'SERVICE_UNAVAILABLE' }

function signedIn({ auth, error }: Context) {
  if (auth.isAuthenticated) return requireAuth(auth)
  if (!(error instanceof AuthError) || error.status === 500) throw error
  const { status, headers, message, code: reason } = error
  const http = { status, headers: new HeaderMap(Object.entries(headers)) }
  throw new GraphQLError(message, { extensions: { code: CODES[status], reason, http } })
}

/** The server and the context of its requests, for your tenant or for that of a test. */
export function createApp(options: VerifyAuthOptions) {
  const verifier = createVerifier(options)
  const anyone = createVerifier({ ...options, allowGuest: true })

  async function context({ req }: { req: object }): Promise<Context> {
    try {
      return { auth: await verifier.verify(req) }
    } catch (error) {
      return { auth: await anyone.verify(req), error }
    }
  }

  const typeDefs = 'type Query { organization(id: ID!): ID!  feed: ID!  isReady: Boolean! }'
  const resolvers = {
    Query: {
      organization: (_parent: unknown, { id }: { id: string }, context: Context) => {
        const { organizationId } = principalOf(signedIn(context))
        if (organizationId === id) return organizationId
        throw new GraphQLError('Not yours', { extensions: { code: 'FORBIDDEN', http: { status: 403 } } })
      },
      feed: (_parent: unknown, _args: unknown, { auth }: Context) => auth.userId ?? auth.guestId,
      isReady: () => isReady(options),
    },
  }
  return { server: new ApolloServer<Context>({ typeDefs, resolvers }), context }
}
