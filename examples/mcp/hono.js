const { serve } = require('@hono/node-server')
const {
  WebStandardStreamableHTTPServerTransport,
} = require('@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js')
const { Hono } = require('hono')
const { requireAuth } = require('logto-authkit')
const { logtoAuth } = require('logto-authkit/hono')
const { authInfoOf, resourceMetadata } = require('logto-authkit/mcp')
const { callsWriter, createNotesServer } = require('./notes')

// RESOURCE is the URL of this server, such as https://notes.example.com/mcp.
const { LOGTO_URL: logtoUrl = '', RESOURCE: resource = '' } = process.env

const metadata = resourceMetadata({ logtoUrl, resource, scopes: 'notes:read' })
/** @type {import('logto-authkit').VerifyAuthOptions} */
const options = { logtoUrl, audience: resource, tokenFrom: 'header', resourceMetadataUrl: metadata.url }
const readers = logtoAuth({ ...options, requiredScope: 'notes:read' })
const writers = logtoAuth({ ...options, requiredScope: 'notes:read notes:write' })

/** @type {Hono<{ Variables: import('logto-authkit/hono').AuthVariables & { body: unknown } }>} */
const app = new Hono()
for (const path of metadata.paths) app.all(path, (c) => metadata.fetchHandler(c.req.raw))
app.use('/mcp', readers)
app.use('/mcp', async (c, next) => {
  c.set('body', await c.req.json().catch(() => null))
  return callsWriter(c.get('body')) ? writers(c, next) : next()
})

app.post('/mcp', async (c) => {
  const transport = new WebStandardStreamableHTTPServerTransport({})
  await createNotesServer().connect(transport)
  const authInfo = authInfoOf(requireAuth(c.get('auth')), c.req.raw)
  return transport.handleRequest(c.req.raw, { authInfo, parsedBody: c.get('body') })
})
app.all('/mcp', (c) => c.body(null, 405, { Allow: 'POST' }))

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) => {
  console.log(`Listening on port ${port}`)
})
