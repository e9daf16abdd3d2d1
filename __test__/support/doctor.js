'use strict'

const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { existsSync } = require('node:fs')
const { join, resolve } = require('node:path')
const { text } = require('node:stream/consumers')

const CLI = join(__dirname, '..', '..', 'js', 'cli.js')

/** Runs the command, in the folder `cwd`; its environment is only `env`. Resolves to `{ exitCode, stdout, stderr }`. */
async function runCli(args, { env = {}, input = '', cwd } = {}) {
  const child = spawn(process.execPath, [CLI, ...args], { env, cwd, timeout: 60_000 })
  // The command may end without reading its input.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const exit = new Promise((resolve) => child.once('exit', resolve))
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { exitCode, stdout, stderr }
}

/**
 * The doctor's report on a tenant and a token, as text and as an object. Asserts that neither contains the token, its
 * signature, or control characters, and that both name the same page, which is there.
 */
async function askDoctor({ logtoUrl, audience }, { token, args = [], secrets = [] } = {}) {
  const all = ['doctor', '--logto-url', logtoUrl, '--audience', audience, ...args]
  const env = token === undefined ? {} : { LOGTO_TOKEN: token }
  const [told, json] = await Promise.all([runCli(all, { env }), runCli([...all, '--json'], { env })])
  assert.deepEqual([told.stderr, json.stderr], ['', ''])
  const report = JSON.parse(json.stdout)
  assert.deepEqual([told.exitCode, json.exitCode], [report.exitCode, report.exitCode])
  const signature = token?.split('.').length === 3 ? token.split('.')[2] : ''
  const hidden = [token, token?.trim(), signature, ...secrets].filter((secret) => secret?.length >= 8)
  for (const output of [told.stdout, json.stdout]) {
    for (const secret of hidden) assert.ok(!output.includes(secret), `${secret} in ${output}`)
    assert.doesNotMatch(output.replaceAll('\n', ''), /[\p{C}\p{Zl}\p{Zp}]/u)
  }
  assert.equal(json.stdout.split('\n').length, 2, 'one line')
  assertPage(told.stdout, report)
  return { text: told.stdout, report }
}

/** A report on what is wrong ends with the file to read, any other says nothing of one. */
function assertPage(text, { outcome, page }) {
  assert.equal(page === null, ['ok', 'accepted'].includes(outcome), `${outcome}: ${page}`)
  if (page === null) return assert.doesNotMatch(text, /^More: /m)
  assert.ok(text.endsWith(`\n\nMore: ${page}\n`), text)
  assert.ok(existsSync(resolve(page)), page)
}

module.exports = { askDoctor, runCli }
