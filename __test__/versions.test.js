'use strict'

// The package's version stands in package.json, Cargo.toml and js/version.js, and each lock file repeats it.

const assert = require('node:assert/strict')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { test } = require('node:test')
const { version } = require('../package.json')

const ROOT = join(__dirname, '..')

const CARGO = ['Cargo.toml', 'Cargo.lock', 'fuzz/Cargo.lock']
/** The lock files of npm, and where each of them names this package. */
const NPM = {
  'package-lock.json': '',
  'examples/cloudflare-worker/package-lock.json': 'node_modules/logto-authkit',
  'examples/next/package-lock.json': 'node_modules/logto-authkit',
  'examples/starter-next/package-lock.json': 'node_modules/logto-authkit',
}

const read = (file) => readFileSync(join(ROOT, file), 'utf8')

for (const file of CARGO) {
  test(`${file} has the version of package.json`, () => {
    const [, found] = /^name = "logto-authkit"\nversion = "(.+)"$/m.exec(read(file))
    assert.equal(found, version)
  })
}

for (const [file, entry] of Object.entries(NPM)) {
  test(`${file} has the version of package.json`, () => {
    assert.equal(JSON.parse(read(file)).packages[entry].version, version)
  })
}

test('js/version.js has the version of package.json', () => {
  assert.equal(require('../js/version').VERSION, version)
})

test('the lock file of the root has it in its first lines, too', () => {
  assert.equal(JSON.parse(read('package-lock.json')).version, version)
})
