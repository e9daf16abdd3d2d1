'use strict'

const { execFile } = require('node:child_process')
const { join } = require('node:path')
const { promisify } = require('node:util')

const run = promisify(execFile)
const ROOT = join(__dirname, '..', '..')

/** Runs Node.js in the package's folder. Its environment is only `env`, so it has no proxy and no certificates. */
function runNode(args, { env = {}, timeout = 30_000 } = {}) {
  return run(process.execPath, args, { cwd: ROOT, env, timeout })
}

const VERIFY = `
  const { verifyAuth } = require('logto-authkit')
  const [token, options] = JSON.parse(process.argv[1])
  verifyAuth(token, options)
    .then(({ userId }) => ({ userId }), ({ code, details }) => ({ code, reason: details.reason }))
    .then((outcome) => console.log(JSON.stringify(outcome)))`

/** Verifies a token in a process of its own. Resolves to `{ userId }`, or to `{ code, reason }` of the refusal. */
async function verifyInChild(token, options, env) {
  const { stdout } = await runNode(['-e', VERIFY, JSON.stringify([token, options])], { env })
  return JSON.parse(stdout)
}

module.exports = { runNode, verifyInChild }
