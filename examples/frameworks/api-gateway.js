const { AuthError, createVerifier, requireScopes } = require('logto-authkit/server')

const verifier = createVerifier({ logtoUrl: process.env.LOGTO_URL, audience: process.env.AUDIENCE })

const routes = {
  '/': async () => ({ hello: 'whoever you are' }),
  '/me': async (event) => {
    const { userId } = await verifier.verify(event)
    return { userId }
  },
  '/admin': async (event) => {
    const auth = await verifier.verify(event)
    requireScopes(auth, 'admin:write')
    return { admin: auth.userId }
  },
}

/** For events of a REST API (payload format 1.0), which have a `path`, and of an HTTP API (2.0), with a `rawPath`. */
exports.handler = async (event) => {
  const path = event.rawPath ?? event.path
  if (!Object.hasOwn(routes, path)) return answer(404, { error: 'Not found' })
  try {
    return answer(200, await routes[path](event))
  } catch (error) {
    // A mistake in the set-up is for the log: the client gets 500.
    if (!(error instanceof AuthError) || error.status === 500) throw error
    return answer(error.status, { error: error.message, code: error.code }, error.headers)
  }
}

function answer(statusCode, body, headers = {}) {
  return { statusCode, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) }
}
