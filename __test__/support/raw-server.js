'use strict'

const { once } = require('node:events')
const { createServer } = require('node:net')
const { setTimeout: sleep } = require('node:timers/promises')

const END_OF_HEAD = '\r\n\r\n'

/**
 * A TCP server on loopback, for answers that an HTTP server would not give. It calls `answer(socket, head)` with the
 * head of each request.
 */
async function startRawServer(answer, host = '127.0.0.1') {
  const sockets = new Set()
  const requests = []
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    let head = ''
    socket.on('data', (chunk) => {
      if (head.includes(END_OF_HEAD)) return
      head += chunk.toString('latin1')
      if (!head.includes(END_OF_HEAD)) return
      requests.push(head)
      answer(socket, head)
    })
  })
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address()
  return {
    requests,
    port,
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    /** Whether all connections end within a number of milliseconds. */
    async isDesertedWithin(limitMs) {
      const deadline = performance.now() + limitMs
      while (sockets.size > 0 && performance.now() < deadline) await sleep(5)
      return sockets.size === 0
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The text of a response, with the right Content-Length unless `headers` have another. */
function response(status, body = '', headers = {}) {
  const all = { 'Content-Length': Buffer.byteLength(body), ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} Any\r\n${lines.join('')}\r\n${body}`
}

/** Writes a chunk again and again until the socket closes. The pauses let it notice the end of the connection. */
function pour(socket, chunk, { everyMs, times = Number.POSITIVE_INFINITY, onWrite = () => {} }) {
  let left = times
  const timer = setInterval(() => {
    if (left === 0) return clearInterval(timer)
    left -= 1
    onWrite(chunk.length)
    socket.write(chunk)
  }, everyMs)
  socket.on('close', () => clearInterval(timer))
}

module.exports = { pour, response, startRawServer }
