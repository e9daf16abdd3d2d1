'use strict'

// Starts a cluster of worker processes, each of which verifies a token. Prints their messages, as JSON.

const cluster = require('node:cluster')
const { once } = require('node:events')
const { join } = require('node:path')

const { workers, workerData } = JSON.parse(process.argv[2])

async function live() {
  const said = []
  const worker = cluster.fork({ WORKER_DATA: JSON.stringify(workerData) })
  worker.on('message', (message) => {
    said.push(message)
    if (message !== 'asked') worker.disconnect()
  })
  const [code, signal] = await once(worker, 'exit')
  return [...said, code, signal]
}

cluster.setupPrimary({ exec: join(__dirname, 'verify-worker.js') })
Promise.all(Array.from({ length: workers }, live)).then((said) => console.log(JSON.stringify(said)))
