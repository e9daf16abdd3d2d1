const { createServer } = require('node:http')
const { AuthError, createVerifier, requireScopes } = require('logto-authkit/server')

const verifier = createVerifier({ logtoUrl: process.env.LOGTO_URL, audience: process.env.AUDIENCE })

const routes = {
  '/': async () => ({ hello: 'whoever you are' }),
  '/me': async (req) => {
    const { userId } = await verifier.verify(req)
    return { userId }
  },
  '/admin': async (req) => {
    const auth = await verifier.verify(req)
    requireScopes(auth, 'admin:write')
    return { admin: auth.userId }
  },
}

const server = createServer(async (req, res) => {
  res.setHeader('Content-Type', 'application/json')
  try {
    const route = Object.hasOwn(routes, req.url) ? routes[req.url] : undefined
    if (route === undefined) res.writeHead(404).end('{"error":"Not found"}')
    else res.end(JSON.stringify(await route(req)))
  } catch (error) {
    if (!(error instanceof AuthError) || error.status === 500) return fail(res, error)
    const { status, headers, message, code } = error
    res.writeHead(status, headers).end(JSON.stringify({ error: message, code }))
  }
})

/** Answers to a bug, or to a mistake in the set-up: what it is, the log alone learns. */
function fail(res, error) {
  console.error(error)
  res.writeHead(500).end('{"error":"Internal error"}')
}

server.listen(process.env.PORT ?? 3000, () => console.log(`Listening on port ${server.address().port}`))
