'use strict'

const { spawn } = require('node:child_process')
const { freePort } = require('../../tools/free-port')
const { withoutRust } = require('../support/tarballs')

/**
 * Starts an example app for a tenant, on a free port.
 *
 * @returns {Promise<{ url: string, logOf: () => string, stop: () => void }>} once it listens; `logOf` gives what it has said since
 */
async function startApp(
  folder,
  file,
  { logtoUrl, audience },
  { env = {}, args = [], command = [process.execPath] } = {},
) {
  const settings = { LOGTO_URL: logtoUrl, AUDIENCE: audience, PORT: String(await freePort()), ...env }
  const [program, ...flags] = command
  const child = spawn(program, [...flags, file, ...args], { cwd: folder, env: withoutRust(settings) })
  const stop = () => child.kill('SIGKILL')
  process.once('exit', stop)
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text))
  const port = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${file} does not listen: ${log}`)), 60_000)
    child.stdout.on('data', () => /Listening on port \d+\n/.test(log) && resolve(/port (\d+)\n/.exec(log)[1]))
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${log}`)))
    child.once('close', () => process.off('exit', stop))
    child.once('spawn', () => timer.unref())
  }).catch((error) => {
    stop()
    throw error
  })
  const logOf = () => log.replace(/^Listening on port \d+\n/m, '')
  return { url: `http://localhost:${port}`, logOf, stop }
}

module.exports = { startApp }
