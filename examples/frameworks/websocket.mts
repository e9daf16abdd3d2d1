const { STATUS_CODES, createServer } = require('node:http')
const { createVerifier } = require('logto-authkit/server')
const { WebSocketServer } = require('ws')

const verifier = createVerifier({ logtoUrl: process.env.LOGTO_URL, audience: process.env.AUDIENCE })
const sockets = new WebSocketServer({ noServer: true })

const server = createServer((_req, res) => res.end('{"hello":"whoever you are"}'))

// A browser sends no Authorization header with an upgrade, but its cookies.
server.on('upgrade', async (req, socket, head) => {
  socket.on('error', () => socket.destroy())
  try {
    const auth = await verifier.verify(req)
    sockets.handleUpgrade(req, socket, head, (client) => sockets.emit('connection', client, auth))
  } catch (error) {
    refuse(socket, error)
  }
})

/** Answers with the status and headers of an AuthError: 401, 403 or 503. Anything else is for the log, and 500. */
function refuse(socket, error) {
  const { status = 500, headers = {} } = error
  if (status === 500) console.error(error)
  const lines = Object.entries({ ...headers, Connection: 'close', 'Content-Length': 0 })
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines.map(([name, value]) => `${name}: ${value}`)]
  socket.end(`${head.join('\r\n')}\r\n\r\n`)
}

sockets.on('connection', (client, auth) => client.send(JSON.stringify({ userId: auth.userId })))

server.listen(process.env.PORT ?? 3000, () => console.log(`Listening on port ${server.address().port}`))
