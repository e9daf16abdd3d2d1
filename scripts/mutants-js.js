'use strict'

// node scripts/mutants-js.js [minutes] [room...]: changes the JavaScript that decides, one place at a time, and counts the
// changes that the tests do not notice. What the minutes cut short says how far it came.

const { spawn, execFileSync } = require('node:child_process')
const { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { setPriority } = require('node:os')
const { join } = require('node:path')

const ROOT = join(__dirname, '..')
const TOOL = join(__dirname, 'mutants')
const STRYKER = join(TOOL, 'node_modules/@stryker-mutator/core/bin/stryker.js')
const SCRAP = join(ROOT, 'target/mutants-js')
const CONFIG = join(SCRAP, 'stryker.config.json')
const JUDGED = join(SCRAP, 'judged.jsonl')

/** By room: each file that is changed, with the tests that judge it. */
const ROOMS = {
  authorization: {
    'authorization.js': ['authorization', 'organizations'],
    'principal.js': ['permissions', 'authorization', 'organizations'],
    'permissions.js': ['permissions', 'authorization', 'errors'],
    'tenants.js': ['tenants'],
  },
  options: {
    'options.js': ['options', 'permissions', 'organizations', 'revocations', 'resource-metadata'],
    'option-values.js': ['options', 'permissions'],
    'tenant-options.js': ['options', 'tenants', 'doctor', 'jwks-cache'],
    'given-options.js': ['options'],
    'own.js': ['options', 'permissions'],
    'authorization-options.js': ['options', 'authorization', 'revocations'],
  },
  verdict: {
    'authenticator.js': [
      ...['authorization', 'diagnostics', 'on-error', 'guest', 'warnings', 'verify-sync', 'challenges', 'next-api'],
      ...['replaced-promise', 'options'],
    ],
    'verifier.js': ['authorization', 'warnings', 'verify-sync', 'diagnostics', 'jwks-cache'],
    'verdict.js': ['errors', 'replaced-promise', 'challenges'],
    'errors.js': ['errors', 'challenges'],
  },
  claims: { 'engines/claims.js': ['verify-auth', 'organizations', 'permissions', 'hostile-tokens'] },
  portable: Object.fromEntries(
    ['token', 'signature', 'verified-token', 'strict-json', 'json-text', 'base64url'].map((name) => [
      `engines/portable/${name}.js`,
      ['verify-auth', 'hostile-tokens'],
    ]),
  ),
  request: {
    'extract-token.js': ['extract-token'],
    'request.js': ['extract-token', 'cookies'],
    'guest.js': ['guest'],
    'set-cookie.js': ['guest', 'cookies', 'express', 'csrf'],
  },
  keys: Object.fromEntries(
    ['cache', 'clock', 'fetch', 'flight', 'jwk-texts', 'jwk', 'key-set', 'state'].map((name) => [
      `engines/portable/jwks/${name}.js`,
      ['jwks-cache', 'jwks-over-time'],
    ]),
  ),
}

async function main([minutes = '60', ...names]) {
  const unknown = names.find((name) => !Object.hasOwn(ROOMS, name))
  if (unknown !== undefined) throw new Error(`${unknown}: there are ${Object.keys(ROOMS).join(', ')}`)
  install()
  setPriority(10)
  rmSync(SCRAP, { recursive: true, force: true })
  mkdirSync(SCRAP, { recursive: true })
  const end = performance.now() + Number(minutes) * 60_000
  for (const name of names.length === 0 ? Object.keys(ROOMS) : names) {
    for (const [file, tests] of Object.entries(ROOMS[name])) report(`js/${file}`, await run(`js/${file}`, tests, end))
  }
}

function install() {
  if (existsSync(join(TOOL, 'node_modules/.package-lock.json'))) return
  execFileSync('npm', ['ci'], { cwd: TOOL, stdio: 'inherit' })
}

/**
 * The changes of a file that were judged in time, and how many there are.
 *
 * The portable engine's own files are judged on that engine, the others on the native one. Only tests that verify in their own process
 * judge: a change is switched on by a variable of the environment, which the processes that tests start do not get.
 */
async function run(file, tests, end) {
  rmSync(JUDGED, { force: true })
  const node = file.startsWith('js/engines/portable/') ? 'node --conditions=edge-light' : 'node'
  const judge = tests.map((test) => `${node} __test__/${test}.test.js`).join(' && ')
  const settings = {
    mutate: [file],
    testRunner: 'command',
    commandRunner: { command: judge },
    coverageAnalysis: 'off',
    concurrency: 2,
    timeoutMS: 20_000,
    plugins: [join(TOOL, 'reporter.js')],
    reporters: ['lines'],
    tempDirName: 'target/mutants-js/sandbox',
    ignorePatterns: ['target', 'fuzz/target', 'bench', 'docs'],
    logLevel: 'error',
    allowConsoleColors: false,
  }
  writeFileSync(CONFIG, JSON.stringify(settings))
  const timeout = Math.ceil(end - performance.now())
  if (timeout > 0) {
    const child = spawn(process.execPath, [STRYKER, 'run', CONFIG], { cwd: ROOT, stdio: 'inherit', timeout })
    await new Promise((resolve) => child.once('exit', resolve))
  }
  const [total, ...judged] = existsSync(JUDGED)
    ? readFileSync(JUDGED, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [0]
  return { total, judged }
}

function report(file, { total, judged }) {
  if (total === 0) return console.log(`${file}: not begun`)
  const counts = Object.entries(byStatus(judged)).map(([status, list]) => `${list.length} ${status.toLowerCase()}`)
  console.log(`${file}: ${judged.length} of ${total} changes judged, ${counts.join(', ')}`)
  const lines = readFileSync(join(ROOT, file), 'utf8').split('\n')
  for (const { status, location, replacement } of judged) {
    if (status === 'Killed' || status === 'Timeout') continue
    console.log(
      `  ${location.start.line}: ${onOneLine(textAt(lines, location))}\n      ${onOneLine(replacement ?? '')}`,
    )
  }
}

/** What a change replaced. */
function textAt(lines, { start, end }) {
  const text = lines.slice(start.line - 1, end.line)
  text[text.length - 1] = text.at(-1).slice(0, end.column - 1)
  text[0] = text[0].slice(start.column - 1)
  return text.join('\n')
}

function onOneLine(text) {
  return text.replaceAll(/\s+/g, ' ')
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
