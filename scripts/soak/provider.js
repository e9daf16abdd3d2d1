'use strict'

const { createServer } = require('node:http')

/** The tenant's endpoint, as a process that can be killed: `node provider.js PORT`. It receives its keys over IPC. */
let body = JSON.stringify({ keys: [] })
process.on('message', (keys) => {
  body = JSON.stringify({ keys })
  process.send('published')
})
createServer((_req, res) => res.setHeader('Content-Type', 'application/json').end(body)).listen(
  Number(process.argv[2]),
  '127.0.0.1',
  () => process.send('listening'),
)
