const { ApolloServer } = require('@apollo/server')
const { startStandaloneServer } = require('@apollo/server/standalone')
const { GraphQLError } = require('graphql')
const { createVerifier, hasScopes } = require('logto-authkit/server')

const verifier = createVerifier({ logtoUrl: process.env.LOGTO_URL, audience: process.env.AUDIENCE })

/** The context of a request: `auth`, or the `error` that a guarded field fails with. */
function context({ req }) {
  return verifier.verify(req).then(
    (auth) => ({ auth }),
    (error) => ({ error }),
  )
}

function signedIn({ auth, error }) {
  if (error) throw refusal(error.message, 'UNAUTHENTICATED', error.status)
  return auth
}

function admin(context) {
  const auth = signedIn(context)
  if (!hasScopes(auth, 'admin:write')) throw refusal('Missing required scope: admin:write', 'FORBIDDEN', 403)
  return auth
}

function refusal(message, code, status) {
  return new GraphQLError(message, { extensions: { code, http: { status } } })
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
