'use strict'

const { once } = require('node:events')
const { createServer } = require('node:http')

/** Serves `handler` on loopback, on any free port unless one is given. */
async function listen(handler, port = 0) {
  const server = createServer(handler)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: server.address().port,
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      // Without this, connections that clients keep alive would hold the server open.
      server.closeAllConnections()
      await closed
    },
  }
}

module.exports = { listen }
