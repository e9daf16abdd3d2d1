'use strict'

// node scripts/typecheck.js: compiles the type tests as an app would, under each way that TypeScript resolves a package.

const { spawnSync } = require('node:child_process')
const { mkdirSync, rmSync, symlinkSync } = require('node:fs')
const { dirname, join } = require('node:path')

const ROOT = join(__dirname, '..')
const TESTS = '__test__/types'

const NODE16 = { compiler: 'typescript', module: 'node16', moduleResolution: 'node16' }
const BUNDLER = { compiler: 'typescript', module: 'preserve', moduleResolution: 'bundler' }
/** TypeScript 7 has dropped it. */
const NODE10 = { compiler: 'typescript-5', module: 'commonjs', moduleResolution: 'node10' }

linkPackage()
for (const resolution of [NODE16, BUNDLER, NODE10]) compile(TESTS, resolution)
// A project of its own: what it declares, the others must not see.
compile(`${TESTS}/own-augmentation`, NODE16)

/** Installs this package beside the tests: node10 finds a package in node_modules only, never by its own name. */
function linkPackage() {
  const link = join(ROOT, TESTS, 'node_modules/logto-authkit')
  rmSync(link, { force: true })
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(ROOT, link, 'junction')
}

/** Compiles a project, and fails this process where the project has errors. */
function compile(project, { compiler, module, moduleResolution }) {
  // Not .bin/tsc: both compilers go by that name.
  const tsc = join(ROOT, 'node_modules', compiler, 'bin/tsc')
  const args = [tsc, '-p', project, '--module', module, '--moduleResolution', moduleResolution]
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const errors = errorsOf(stdout)
  // The types of others may not fit each other.
  const own = errors.filter((error) => !error.startsWith('node_modules/'))
  if (status === 0 || (errors.length > 0 && own.length === 0)) return
  console.error(
    `${project} does not compile with ${compiler}, moduleResolution ${moduleResolution}:\n${own.join('\n')}`,
  )
  process.exitCode = 1
}

/** The compiler's complaints, each with the indented lines that explain it. */
function errorsOf(stdout) {
  return stdout
    .split(/\n(?!\s|$)/)
    .map((error) => error.trimEnd())
    .filter(Boolean)
}
