const { ApolloServer, HeaderMap } = require('@apollo/server')
const { startStandaloneServer } = require('@apollo/server/standalone')
const { GraphQLError } = require('graphql')
const { createVerifier, requireScopes } = require('logto-authkit/server')

const verifier = createVerifier({ logtoUrl: process.env.LOGTO_URL, audience: process.env.AUDIENCE })

/** The context of a request: `auth`, or the `error` that a guarded field fails with. */
function context({ req }) {
  return verifier.verify(req).then(
    (auth) => ({ auth }),
    (error) => ({ error }),
  )
}

const CODES = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN', 503: 'SERVICE_UNAVAILABLE' }

function signedIn({ auth, error }) {
  if (error) throw refusal(error)
  return auth
}

function admin(context) {
  const auth = signedIn(context)
  try {
    requireScopes(auth, 'admin:write')
  } catch (error) {
    throw refusal(error)
  }
  return auth
}

/** With the status of an AuthError, and its headers: a challenge, or Retry-After. */
function refusal(error) {
  const { message, status, headers } = error
  const code = CODES[status]
  if (code !== undefined) {
    return new GraphQLError(message, {
      extensions: { code, http: { status, headers: new HeaderMap(Object.entries(headers)) } },
    })
  }
  // A mistake in the set-up, or a bug: what it is, the log alone learns.
  console.error(error)
  return new GraphQLError('Internal error', { extensions: { code: 'INTERNAL_SERVER_ERROR', http: { status: 500 } } })
}

const typeDefs = 'type Query { hello: String!  me: ID!  admin: ID! }'
const resolvers = {
  Query: {
    hello: () => 'whoever you are',
    me: (_parent, _args, context) => signedIn(context).userId,
    admin: (_parent, _args, context) => admin(context).userId,
  },
}

const server = new ApolloServer({ typeDefs, resolvers })
startStandaloneServer(server, { context, listen: { port: Number(process.env.PORT ?? 3000) } }).then(({ url }) => {
  console.log(`Listening on port ${new URL(url).port}`)
})
