'use strict'

// node scripts/typecheck.js: compiles the type tests as an app would, under each way that TypeScript resolves a package,
// and checks the JavaScript of js/ against the types that users see, with either engine.

const { spawnSync } = require('node:child_process')
const { mkdirSync, rmSync, symlinkSync } = require('node:fs')
const { dirname, join } = require('node:path')

const ROOT = join(__dirname, '..')
const TESTS = '__test__/types'

const NODE16 = ['--module', 'node16', '--moduleResolution', 'node16']
const BUNDLER = ['--module', 'preserve', '--moduleResolution', 'bundler']
const NODE10 = ['--module', 'commonjs', '--moduleResolution', 'node10']

/** What package.json calls the compilers. TypeScript 7 has dropped node10. */
const [TYPESCRIPT, TYPESCRIPT_5] = ['typescript', 'typescript-5']

linkPackage()
compile(TYPESCRIPT, TESTS, ...NODE16)
compile(TYPESCRIPT, TESTS, ...BUNDLER)
compile(TYPESCRIPT_5, TESTS, ...NODE10)
// A project of its own: the other tests must not see what it declares.
compile(TYPESCRIPT, `${TESTS}/own-augmentation`, ...NODE16)
compile(TYPESCRIPT, 'js')
compile(TYPESCRIPT, 'js', '--customConditions', 'workerd')

/** Installs this package beside the tests: node10 finds a package in node_modules only, never by its own name. */
function linkPackage() {
  const link = join(ROOT, TESTS, 'node_modules/logto-authkit')
  rmSync(link, { force: true })
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(ROOT, link, 'junction')
}

/** Compiles a project, and fails this process where the project has errors. */
function compile(compiler, project, ...flags) {
  // Not .bin/tsc: both compilers go by that name.
  const tsc = join(ROOT, 'node_modules', compiler, 'bin/tsc')
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', project, ...flags], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const errors = errorsOf(stdout)
  // The types of two other packages may contradict each other.
  const own = errors.filter((error) => !error.startsWith('node_modules/'))
  if (status === 0 || (errors.length > 0 && own.length === 0)) return
  console.error(`${project} does not compile with ${compiler} ${flags.join(' ')}:\n${own.join('\n')}`)
  process.exitCode = 1
}

/** The compiler's complaints, each with the indented lines that explain it. */
function errorsOf(stdout) {
  return stdout
    .split(/\n(?!\s|$)/)
    .map((error) => error.trimEnd())
    .filter(Boolean)
}
