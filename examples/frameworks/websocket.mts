import { createServer, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { AuthError, createVerifier, requireAuth } from 'logto-authkit/server'
import { WebSocketServer } from 'ws'

const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = process.env
const verifier = createVerifier({ logtoUrl, audience })
const sockets = new WebSocketServer({ noServer: true })

const server = createServer((_req, res) => res.end('{"hello":"whoever you are"}'))

// A browser sends no Authorization header with an upgrade, but its cookies.
server.on('upgrade', async (req, socket, head) => {
  socket.on('error', () => socket.destroy())
  try {
    const { userId } = requireAuth(await verifier.verify(req))
    sockets.handleUpgrade(req, socket, head, (client) => client.send(JSON.stringify({ userId })))
  } catch (error) {
    refuse(socket, error)
  }
})

/** Answers with the status and headers of an AuthError: 401, 403 or 503. Anything else is for the log, and 500. */
function refuse(socket: Duplex, error: unknown) {
  const { status, headers } = error instanceof AuthError ? error : { status: 500, headers: {} }
  if (status === 500) console.error(error)
  const lines = Object.entries({ ...headers, Connection: 'close', 'Content-Length': 0 })
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines.map(([name, value]) => `${name}: ${value}`)]
  socket.end(`${head.join('\r\n')}\r\n\r\n`)
}

const port = process.env.PORT ?? 3000
server.listen(port, () => console.log(`Listening on port ${port}`))
