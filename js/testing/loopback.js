'use strict'

const { once } = require('node:events')
const { createServer } = require('node:http')

/**
 * An HTTP server on a free port of 127.0.0.1 that can go down and come back at its address. It keeps no process alive.
 *
 * @param {import('node:http').RequestListener} answer
 */
async function startLoopback(answer) {
  const server = createServer(answer)
  server.on('connection', (socket) => socket.unref())
  const listen = async (/** @type {number} */ port) => {
    server.listen(port, '127.0.0.1').unref()
    await once(server, 'listening')
  }
  await listen(0)
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return {
    origin: `http://127.0.0.1:${port}`,
    async goUp() {
      if (!server.listening) await listen(port)
    },
    async goDown() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

module.exports = { startLoopback }
