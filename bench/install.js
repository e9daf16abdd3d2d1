'use strict'

// node bench/install.js: installs what the benchmarks measure beside logto-authkit and what they measure with, unless it is
// there. The root's package.json leaves these packages out, so that nobody installs them who runs no benchmark.

const { execFileSync } = require('node:child_process')
const { existsSync } = require('node:fs')
const { join } = require('node:path')

// npm writes this file last, so an installation that was interrupted is repeated.
if (!existsSync(join(__dirname, 'node_modules/.package-lock.json'))) {
  // On Windows, npm is a script that only a shell starts.
  execFileSync('npm', ['ci'], { cwd: __dirname, stdio: 'inherit', shell: process.platform === 'win32' })
}
