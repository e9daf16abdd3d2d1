const { StreamableHTTPServerTransport } = require('@modelcontextprotocol/sdk/server/streamableHttp.js')
const express = require('express')
const { createExpressAuthMiddleware, requireAuth } = require('logto-authkit')
const { authInfoOf, resourceMetadata } = require('logto-authkit/mcp')
const { callsWriter, createNotesServer } = require('./notes')

// RESOURCE is the URL of this server, such as https://notes.example.com/mcp.
const { LOGTO_URL: logtoUrl = '', RESOURCE: resource = '' } = process.env

const metadata = resourceMetadata({ logtoUrl, resource, scopes: 'notes:read' })
/** @type {import('logto-authkit').VerifyAuthOptions} */
const options = { logtoUrl, audience: resource, tokenFrom: 'header', resourceMetadataUrl: metadata.url }
const readers = createExpressAuthMiddleware({ ...options, requiredScope: 'notes:read' })
const writers = createExpressAuthMiddleware({ ...options, requiredScope: 'notes:read notes:write' })

const app = express()
app.use(metadata.expressHandler)
app.use('/mcp', readers, express.json())
app.use('/mcp', (req, res, next) => (callsWriter(req.body) ? writers(req, res, next) : next()))

app.post('/mcp', async (req, res) => {
  const transport = new StreamableHTTPServerTransport({})
  res.on('close', () => transport.close())
  await createNotesServer().connect(transport)
  await transport.handleRequest(Object.assign(req, { auth: authInfoOf(requireAuth(req), req) }), res, req.body)
})
app.all('/mcp', (_req, res) => res.status(405).set('Allow', 'POST').end())

const port = process.env.PORT ?? 3000
app.listen(port, () => console.log(`Listening on port ${port}`))
