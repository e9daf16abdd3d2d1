'use strict'

const { fork } = require('node:child_process')

/** No child may outlive its parent, however that ends. */
const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))

/**
 * Starts a script and waits for what it has to say, which is one message.
 *
 * @returns {Promise<{ message: unknown, stop: () => void }>} rejects where it ends without a word
 */
function start(script, args, { timeout }) {
  const env = { ...process.env, NODE_ENV: 'production' }
  const child = fork(script, args, { env, timeout, killSignal: 'SIGKILL' })
  running.add(child)
  const stop = () => child.kill('SIGKILL')
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve({ message, stop }))
    child.once('exit', (code, signal) => {
      running.delete(child)
      reject(new Error(`${[script, ...args.slice(0, 2)].join(' ')} ended with ${signal ?? code}`))
    })
  })
}

/** What a script has to say. It is gone when this resolves. */
async function ask(script, args, options) {
  const { message, stop } = await start(script, args, options)
  stop()
  return message
}

module.exports = { ask, start }
