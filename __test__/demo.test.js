'use strict'

const assert = require('node:assert/strict')
const { execFile, spawn } = require('node:child_process')
const { once } = require('node:events')
const { join } = require('node:path')
const { test } = require('node:test')
const { promisify } = require('node:util')

const DEMO = join(__dirname, '..', 'examples', 'demo', 'demo.js')

test('the demo shows every documented outcome against a real OIDC provider', { timeout: 120_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [DEMO])
  assert.match(stdout, /\d+ steps, all as documented\n$/)
})

test('the demo stays up with --serve, and a printed curl line gets an answer', { timeout: 120_000 }, async (t) => {
  const demo = spawn(process.execPath, [DEMO, '--serve'], { stdio: ['ignore', 'pipe', 'ignore'] })
  t.after(() => demo.kill('SIGKILL'))
  const exit = once(demo, 'exit')
  let output = ''
  for await (const chunk of demo.stdout) {
    output += chunk
    if (/curl .*\n/.test(output)) break
  }
  const [, command] = /(curl .*)\n/.exec(output)
  const { stdout } = await promisify(execFile)('sh', ['-c', `${command} --silent`])
  const body = stdout.split('\r\n\r\n').at(-1)
  assert.equal(JSON.parse(body).userId, 'demo-service')
  demo.kill('SIGINT')
  assert.deepEqual(await exit, [0, null])
})
