'use strict'

const { once } = require('node:events')

/** Starts an Express app that `mount` sets up. `app.errors` collects the errors that reach Express's error handler. */
async function startExpress(mount, express = require('express')) {
  const errors = []
  const app = express()
  mount(app, express)
  // Express recognises an error handler by its four parameters.
  app.use((error, _req, res, _next) => {
    errors.push(error)
    res.status(599).end()
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}`
  return {
    url,
    errors,
    get: (path = '/', headers = {}) => fetch(url + path, { headers }),
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

module.exports = { startExpress }
