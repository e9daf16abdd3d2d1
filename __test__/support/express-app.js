'use strict'

const { once } = require('node:events')

/** Listens with an Express app that `mount` has set up; `app.errors` collects what reached Express's error handler. */
async function startExpress(mount, express = require('express')) {
  const errors = []
  const app = express()
  mount(app, express)
  // Express knows an error handler by its four parameters.
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
