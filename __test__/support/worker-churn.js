'use strict'

// Starts worker threads that verify a token, a few at a time, and terminates each at its message `end`, if that is set.
// The main thread does not load the addon. Prints the numbers of messages and exit codes, as JSON.

const { once } = require('node:events')
const { join } = require('node:path')
const { Worker } = require('node:worker_threads')

const { workers, atOnce, end, workerData } = JSON.parse(process.argv[2])
const tally = {}
const count = (what) => {
  tally[what] = (tally[what] ?? 0) + 1
}

async function live() {
  const worker = new Worker(join(__dirname, 'verify-worker.js'), { workerData })
  const exited = once(worker, 'exit')
  worker.on('error', (error) => count(`error: ${error.message}`))
  worker.on('message', (message) => {
    count(message)
    if (message === end) worker.terminate()
  })
  if (end === 'online') worker.on('online', () => worker.terminate())
  const [code] = await exited
  count(`exit ${code}`)
}

async function main() {
  let left = workers
  const one = async () => {
    while (left > 0) {
      left -= 1
      await live()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  console.log(JSON.stringify(tally))
}

main()
