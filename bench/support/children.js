'use strict'

const { fork } = require('node:child_process')

/** The running children. All are killed when this process ends, for whatever reason. */
const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))

/**
 * Starts a script in a child process and waits for its message.
 *
 * @returns {Promise<{ message: unknown, child: object, stop: () => void }>} rejects if the script ends without a message
 */
function start(script, args, { timeout, execPath, execArgv, env: more }) {
  const env = { ...process.env, NODE_ENV: 'production', ...more }
  const child = fork(script, args, { env, timeout, execPath, execArgv, killSignal: 'SIGKILL' })
  running.add(child)
  const stop = () => child.kill('SIGKILL')
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve({ message, child, stop }))
    child.once('exit', (code, signal) => {
      running.delete(child)
      reject(new Error(`${[script, ...args.slice(0, 2)].join(' ')} ended with ${signal ?? code}`))
    })
  })
}

/** The message of a script. The script's process is killed then. */
async function ask(script, args, options) {
  const { message, stop } = await start(script, args, options)
  stop()
  return message
}

module.exports = { ask, start }
