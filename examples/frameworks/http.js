const { createServer } = require('node:http')
const { AuthError, createVerifier, requireScopes } = require('logto-authkit/server')

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env
const verifier = createVerifier({ logtoUrl, audience })

/** @type {Map<string | undefined, (req: import('node:http').IncomingMessage) => Promise<object>>} */
const routes = new Map()
routes.set('/', async () => ({ hello: 'whoever you are' }))
routes.set('/me', async (req) => {
  const { userId } = await verifier.verify(req)
  return { userId }
})
routes.set('/admin', async (req) => {
  const auth = await verifier.verify(req)
  requireScopes(auth, 'admin:write')
  return { admin: auth.userId }
})

const server = createServer(async (req, res) => {
  res.setHeader('Content-Type', 'application/json')
  try {
    const route = routes.get(req.url)
    if (route === undefined) res.writeHead(404).end('{"error":"Not found"}')
    else res.end(JSON.stringify(await route(req)))
  } catch (error) {
    if (error instanceof AuthError && error.status !== 500) {
      const { status, headers, message, code } = error
      res.writeHead(status, headers).end(JSON.stringify({ error: message, code }))
    } else {
      // A bug, or a mistake in the set-up: what it is, the log alone learns.
      console.error(error)
      res.writeHead(500).end('{"error":"Internal error"}')
    }
  }
})

const port = process.env.PORT ?? 3000
server.listen(port, () => console.log(`Listening on port ${port}`))
