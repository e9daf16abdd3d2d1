'use strict'

// node scripts/check-package.js: fails if publint or attw ("Are the types wrong?") find a fault in the main package as
// it is published.

const { execFileSync } = require('node:child_process')
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { pack } = require('../tools/pack')

const folder = mkdtempSync(join(tmpdir(), 'logto-authkit-'))
try {
  const [target] = pack(folder, [])
  // The exit status of publint covers errors and warnings, but not suggestions.
  const findings = npx('publint@0.3.25', 'publint', 'run', '--strict', target)
  if (!findings.includes('All good!')) throw new Error(`publint has suggestions:\n${findings}`)
  // The profile leaves out resolution from before Node.js 16, which does not know `exports`.
  npx('@arethetypeswrong/cli@0.18.5', 'attw', '--profile', 'node16', '--pack', target)
} catch (error) {
  console.error(error.stdout ?? error)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}

function npx(name, ...command) {
  return execFileSync('npx', ['--yes', `--package=${name}`, '--', ...command], { encoding: 'utf8' })
}
