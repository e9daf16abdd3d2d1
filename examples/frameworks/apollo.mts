import { ApolloServer, HeaderMap } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { GraphQLError } from 'graphql'
import { type AuthContext, AuthError, createVerifier, requireAuth, requireScopes } from 'logto-authkit/server'

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env
const verifier = createVerifier({ logtoUrl, audience })

/** The context of a request: `auth`, or the `error` that a guarded field fails with. */
interface Context {
  auth?: AuthContext
  error?: unknown
}

function context({ req }: { req: object }): Promise<Context> {
  return verifier.verify(req).then(
    (auth) => ({ auth }),
    (error) => ({ error }),
  )
}

const CODES = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 503: 'SERVICE_UNAVAILABLE' }

/** The user of a guarded field. `check` throws where it refuses. */
function signedIn(context: Context, check: (auth: AuthContext) => void = () => {}) {
  try {
    if (context.error) throw context.error
    const auth = requireAuth(context)
    check(auth)
    return auth
  } catch (error) {
    throw refusal(error)
  }
}

/** With the status of an AuthError, and its headers: a challenge, or Retry-After. */
function refusal(error: unknown) {
  if (error instanceof AuthError && error.status !== 500) {
    const { message, status, headers } = error
    const http = { status, headers: new HeaderMap(Object.entries(headers)) }
    return new GraphQLError(message, { extensions: { code: CODES[status], http } })
  }
  // A mistake in the set-up, or a bug: what it is, the log alone learns.
  console.error(error)
  return new GraphQLError('Internal error', { extensions: { code: 'INTERNAL_SERVER_ERROR', http: { status: 500 } } })
}

const typeDefs = 'type Query { hello: String!  me: ID!  admin: ID! }'
const resolvers = {
  Query: {
    hello: () => 'whoever you are',
    me: (_parent: unknown, _args: unknown, context: Context) => signedIn(context).userId,
    admin: (_parent: unknown, _args: unknown, context: Context) => {
      return signedIn(context, (auth) => requireScopes(auth, 'admin:write')).userId
    },
  },
}

const server = new ApolloServer<Context>({ typeDefs, resolvers })
const { url } = await startStandaloneServer(server, { context, listen: { port: Number(process.env.PORT ?? 3000) } })
console.log(`Listening on port ${new URL(url).port}`)
