const { AuthError, createVerifier, requireScopes } = require('logto-authkit/server')

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env
const verifier = createVerifier({ logtoUrl, audience })

/**
 * Of a REST API (payload format 1.0), which has a `path`, or of an HTTP API (2.0), with a `rawPath`.
 *
 * @typedef {{ path?: string, rawPath?: string }} Event
 */

/** @type {Map<string | undefined, (event: Event) => Promise<object>>} */
const routes = new Map()
routes.set('/', async () => ({ hello: 'whoever you are' }))
routes.set('/me', async (event) => {
  const { userId } = await verifier.verify(event)
  return { userId }
})
routes.set('/admin', async (event) => {
  const auth = await verifier.verify(event)
  requireScopes(auth, 'admin:write')
  return { admin: auth.userId }
})

/** @param {Event} event */
exports.handler = async (event) => {
  const route = routes.get(event.rawPath ?? event.path)
  if (route === undefined) return answer(404, { error: 'Not found' })
  try {
    return answer(200, await route(event))
  } catch (error) {
    // A mistake in the set-up is for the log: the client gets 500.
    if (!(error instanceof AuthError) || error.status === 500) throw error
    return answer(error.status, { error: error.message, code: error.code }, error.headers)
  }
}

/**
 * @param {number} statusCode
 * @param {object} body
 */
function answer(statusCode, body, headers = {}) {
  return { statusCode, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) }
}
