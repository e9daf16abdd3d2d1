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
    refuse(socket, error.status ?? 500)
  }
})

function refuse(socket, status) {
  const challenge = status === 401 ? 'WWW-Authenticate: Bearer\r\n' : ''
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${challenge}Connection: close\r\nContent-Length: 0\r\n\r\n`)
}

sockets.on('connection', (client, auth) => client.send(JSON.stringify({ userId: auth.userId })))

server.listen(process.env.PORT ?? 3000, () => console.log(`Listening on port ${server.address().port}`))
