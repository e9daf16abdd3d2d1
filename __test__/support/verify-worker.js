'use strict'

// A worker thread, or a worker of a cluster, that verifies a token. It sends `asked` after its calls, then the result.
// With `stay`, it stays alive after that.

const { parentPort, workerData } = require('node:worker_threads')
const { verifyAuth } = require('logto-authkit')

const { token, options, calls = 1, stay = false } = workerData ?? JSON.parse(process.env.WORKER_DATA)
const say = (message) => (parentPort ? parentPort.postMessage(message) : process.send(message))

const verified = Array.from({ length: calls }, () => verifyAuth(token, options))
say('asked')
Promise.all(verified).then(
  ([{ userId }]) => say(userId),
  ({ code }) => say(code),
)
if (stay) setInterval(() => {}, 1_000)
