const { StreamableHTTPServerTransport } = require('@modelcontextprotocol/sdk/server/streamableHttp.js')
const express = require('express')
const { createExpressAuthMiddleware } = require('logto-authkit')
const { authInfoOf, resourceMetadata } = require('logto-authkit/mcp')
const { callsWriter, createNotesServer } = require('./notes')

const logtoUrl = process.env.LOGTO_URL
const resource = process.env.RESOURCE // The URL of this server, such as https://notes.example.com/mcp.

const metadata = resourceMetadata({ logtoUrl, resource, scopes: 'notes:read' })
const options = { logtoUrl, audience: resource, tokenFrom: 'header', resourceMetadataUrl: metadata.url }
const readers = createExpressAuthMiddleware({ ...options, requiredScope: 'notes:read' })
const writers = createExpressAuthMiddleware({ ...options, requiredScope: 'notes:read notes:write' })

const app = express()
app.use(metadata.expressHandler)
app.use('/mcp', readers, express.json())
app.use('/mcp', (req, res, next) => (callsWriter(req.body) ? writers(req, res, next) : next()))

app.post('/mcp', async (req, res) => {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
  res.on('close', () => transport.close())
  await createNotesServer().connect(transport)
  await transport.handleRequest(Object.assign(req, { auth: authInfoOf(req.auth, req) }), res, req.body)
})
app.all('/mcp', (_req, res) => res.status(405).set('Allow', 'POST').end())

const server = app.listen(process.env.PORT ?? 3000, () => console.log(`Listening on port ${server.address().port}`))
