'use strict'

const { execFileSync } = require('node:child_process')
const { join } = require('node:path')

const INSTALLED = join(__dirname, '../target/runtimes/node_modules/.bin')

/**
 * The command of another runtime, in the PATH or where CI installs it; undefined where it is absent. CI requires it: without it,
 * nothing of that runtime would be shown.
 *
 * @param {'bun' | 'deno'} name
 */
function findRuntime(name) {
  for (const command of [name, join(INSTALLED, name)]) {
    try {
      execFileSync(command, ['--version'], { stdio: 'ignore' })
      return command
    } catch {
      // The next.
    }
  }
  if (process.env.RUNTIMES_REQUIRED) throw new Error(`there is no ${name}, and RUNTIMES_REQUIRED is set`)
  return undefined
}

module.exports = { findRuntime }
