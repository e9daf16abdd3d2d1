'use strict'

// node scripts/check-package.js: fails if publint or attw ("Are the types wrong?") find a fault in the main package as
// it is published, or if it is so large that with the addon it would be more than 7 MB.

const { execFileSync } = require('node:child_process')
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { pack } = require('../tools/pack')

/** The size of the main package's files, in bytes; an addon has at most 6 MB, by tools/pack.js. */
const MOST_BYTES = 1_000_000

const folder = mkdtempSync(join(tmpdir(), 'logto-authkit-'))
try {
  const [target] = pack(folder, [])
  // The exit status of publint covers errors and warnings, but not suggestions.
  const findings = npx('publint@0.3.25', 'publint', 'run', '--strict', target)
  if (!findings.includes('All good!')) throw new Error(`publint has suggestions:\n${findings}`)
  // The profile leaves out resolution from before Node.js 16, which does not know `exports`.
  npx('@arethetypeswrong/cli@0.18.5', 'attw', '--profile', 'node16', '--pack', target)
  const [{ unpackedSize }] = JSON.parse(
    execFileSync('npm', ['pack', target, '--dry-run', '--json'], { encoding: 'utf8' }),
  )
  if (unpackedSize >= MOST_BYTES)
    throw new Error(`the main package has ${unpackedSize} bytes, and not fewer than ${MOST_BYTES}`)
} catch (error) {
  console.error(error.stdout ?? error)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}

function npx(name, ...command) {
  return execFileSync('npx', ['--yes', `--package=${name}`, '--', ...command], { encoding: 'utf8' })
}
