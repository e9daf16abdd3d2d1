'use strict'

// node scripts/mutants-js.js [minutes] [room...]: changes the JavaScript that decides, one place at a time, and counts the
// changes that the tests do not notice. Each room has the tests that judge it. A file that the minutes cut short is named.

const { spawn, execFileSync } = require('node:child_process')
const { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const ROOT = join(__dirname, '..')
const TOOL = join(__dirname, 'mutants')
const SCRAP = join(ROOT, 'target/mutants-js')

/** By room: the files that are changed, the tests that judge them, and the flags of Node.js. */
const ROOMS = {
  authorization: {
    files: ['authorization.js', 'principal.js', 'permissions.js', 'tenants.js', 'unverified.js'],
    tests: ['authorization', 'organizations', 'permissions', 'tenants'],
  },
  options: {
    files: [
      'options.js',
      'option-values.js',
      'tenant-options.js',
      'authorization-options.js',
      'given-options.js',
      'own.js',
    ],
    tests: ['options', 'authorization', 'tenants', 'permissions'],
  },
  verdict: {
    files: [
      'authenticator.js',
      'verifier.js',
      'errors.js',
      'verdict.js',
      'thenable.js',
      'id-token.js',
      'exchangeable.js',
    ],
    tests: ['authorization', 'errors', 'on-error', 'replaced-promise', 'diagnostics', 'warnings', 'guest'],
  },
  request: {
    files: [
      'extract-token.js',
      'request.js',
      'guest.js',
      'set-cookie.js',
      'csrf.js',
      'csrf-options.js',
      'csrf-signature.js',
    ],
    tests: ['extract-token', 'cookies', 'guest', 'csrf'],
  },
  portable: {
    files: [
      'claims.js',
      'token.js',
      'signature.js',
      'verified-token.js',
      'strict-json.js',
      'json-text.js',
      'base64url.js',
    ].map((file) => `engines/portable/${file}`),
    tests: ['conformance'],
  },
  keys: {
    files: ['key-set.js', 'jwk.js', 'jwk-texts.js', 'state.js', 'flight.js', 'fetch.js'].map(
      (file) => `engines/portable/jwks/${file}`,
    ),
    tests: ['conformance', 'state-traces', 'edge-abandoned', 'edge-status'],
  },
}

async function main([minutes = '60', ...names]) {
  const unknown = names.find((name) => !Object.hasOwn(ROOMS, name))
  if (unknown !== undefined) throw new Error(`${unknown}: there are ${Object.keys(ROOMS).join(', ')}`)
  install()
  rmSync(SCRAP, { recursive: true, force: true })
  mkdirSync(SCRAP, { recursive: true })
  const end = performance.now() + Number(minutes) * 60_000
  for (const name of names.length === 0 ? Object.keys(ROOMS) : names) {
    for (const file of ROOMS[name].files) report(`js/${file}`, await run(name, `js/${file}`, end))
  }
}

function install() {
  if (existsSync(join(TOOL, 'node_modules/.package-lock.json'))) return
  execFileSync('npm', ['ci'], { cwd: TOOL, stdio: 'inherit' })
}

/** The changes of a file, each with what became of it; undefined where there was no time for all of them. */
async function run(name, file, end) {
  const { tests, flags = [] } = ROOMS[name]
  const json = join(SCRAP, 'report.json')
  const config = join(SCRAP, 'stryker.config.json')
  rmSync(json, { force: true })
  const judge = ['node', ...flags, '--test', ...tests.map((test) => `__test__/${test}.test.js`)].join(' ')
  const settings = {
    mutate: [file],
    testRunner: 'command',
    commandRunner: { command: judge },
    coverageAnalysis: 'off',
    concurrency: 2,
    timeoutMS: 20_000,
    reporters: ['json'],
    jsonReporter: { fileName: json },
    tempDirName: join('target', 'mutants-js', 'sandbox'),
    ignorePatterns: ['target', 'fuzz/target', 'bench', 'docs'],
    logLevel: 'error',
    allowConsoleColors: false,
  }
  writeFileSync(config, JSON.stringify(settings))
  const left = end - performance.now()
  if (left <= 0) return undefined
  const bin = join(TOOL, 'node_modules/@stryker-mutator/core/bin/stryker.js')
  const child = spawn(process.execPath, [bin, 'run', config], { cwd: ROOT, stdio: 'inherit', timeout: Math.ceil(left) })
  await new Promise((resolve) => child.once('exit', resolve))
  return existsSync(json) ? Object.values(JSON.parse(readFileSync(json, 'utf8')).files)[0] : undefined
}

function report(file, result) {
  if (result === undefined) return console.log(`${file}: no time`)
  const { mutants, source } = result
  const counts = byStatus(mutants)
  const text = Object.entries(counts).map(([status, list]) => `${list.length} ${status.toLowerCase()}`)
  console.log(`${file}: ${mutants.length} changes, ${text.join(', ')}`)
  const lines = source.split('\n')
  for (const { status, location, mutatorName, replacement } of mutants) {
    if (status !== 'Survived' && status !== 'NoCoverage') continue
    const { line } = location.start
    console.log(`  ${line}: ${lines[line - 1].trim()}\n      ${mutatorName}: ${replacement?.replaceAll(/\s+/g, ' ')}`)
  }
}

/** As `Object.groupBy` would, which Node.js 20 lacks. */
function byStatus(mutants) {
  const groups = {}
  for (const mutant of mutants) {
    groups[mutant.status] ??= []
    groups[mutant.status].push(mutant)
  }
  return groups
}

main(process.argv.slice(2))
