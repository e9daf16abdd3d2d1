import { createServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { AuthError, createVerifier, isReady, type VerifyAuthOptions } from 'logto-authkit/server'
import { WebSocketServer } from 'ws'

/** The server, for your tenant or for that of a test. */
export function createApp(options: VerifyAuthOptions) {
  const verifier = createVerifier({ ...options, allowGuest: true })
  const members = createVerifier(options)
  const sockets = new WebSocketServer({ noServer: true })

  const server = createServer((req, res) => {
    res.writeHead(req.url === '/readyz' && !isReady(options) ? 503 : 200).end()
  })
  server.on('upgrade', async (req, socket, head) => {
    socket.on('error', () => socket.destroy())
    const { origin = 'https://app.example.com' } = req.headers
    if (origin !== 'https://app.example.com') return refuse(socket, 403, {}, 'Foreign origin')
    try {
      const { userId, guestId, payload } = await verify(req)
      sockets.handleUpgrade(req, socket, head, (client) => {
        const left = (payload?.exp ?? Number.POSITIVE_INFINITY) * 1000 - Date.now()
        if (left < 2 ** 31) setTimeout(() => client.close(4401, 'Token has expired'), left).unref()
        client.send(JSON.stringify({ userId, guestId }))
      })
    } catch (error) {
      const { status, headers, code } = error instanceof AuthError ? error : { status: 500, headers: {}, code: 'error' }
      if (status === 500) console.error(error)
      refuse(socket, status, headers, JSON.stringify({ code }))
    }
  })

  /** /organizations/:id is for members, every other path for everybody. */
  function verify(req: IncomingMessage) {
    const [, organization] = req.url?.match(/^\/organizations\/([^/]+)$/) ?? []
    return organization === undefined ? verifier.verify(req) : members.verify(req, { organization })
  }

  return server
}

function refuse(socket: Duplex, status: number, headers: Readonly<Record<string, string>>, body: string) {
  const all = { ...headers, Connection: 'close', 'Content-Length': Buffer.byteLength(body) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n'))
}
