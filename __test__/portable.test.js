'use strict'

// The suites of the public API, each run once more on the portable engine: on Node.js, as where the addon does not load, and as
// in Edge runtimes. They do not cover the addon, its threads and its TLS.

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')
const { runNode } = require('./support/child')
const { WITHOUT_ADDON } = require('./support/without-addon')

/** Those that meet what is different in Edge runtimes: cryptography, and what is there of Node.js. */
const ON_EDGE = [
  'challenges',
  'csrf',
  'errors',
  'given-keys',
  'guest',
  'hostile-tokens',
  'jwks-cache',
  'next-api',
  'organizations',
  'resource-metadata',
  'revocations',
  'tenants',
  'verify-auth',
  'warnings',
  'webhooks',
]

const ON_NODE = [
  ...ON_EDGE,
  'authorization',
  'cookies',
  'diagnostics',
  'express',
  'extract-token',
  'hostile-tokens-keys',
  'jwks-endpoint',
  'jwks-over-time',
  'on-error',
  'options',
  'permissions',
  'token-verifier',
  'verify-sync',
]

/** What a suite says of the tests that failed. */
const failuresIn = (stdout) => stdout.match(/^ *not ok[\s\S]*?^ *\.\.\.$/gm)?.join('\n') ?? stdout

const RUNS = {
  'without the addon': { suites: ON_NODE, args: [], env: { NODE_OPTIONS: WITHOUT_ADDON } },
  'in Edge runtimes': { suites: ON_EDGE, args: ['--conditions=edge-light'], env: {} },
}

describe('on the portable engine', () => {
  for (const [where, { suites, args, env }] of Object.entries(RUNS)) {
    for (const suite of suites) {
      test(`${where}, ${suite}.test.js passes`, async () => {
        const running = runNode([...args, `__test__/${suite}.test.js`], { env, timeout: 180_000 })
        await running.catch(({ message, stdout }) => assert.fail(`${message}\n${failuresIn(stdout)}`))
      })
    }
  }

  test('without the addon, none is loaded', async () => {
    const script = "console.log(require('logto-authkit').getEngine())"
    const { stdout } = await runNode(['--no-warnings', '-e', script], { env: { NODE_OPTIONS: WITHOUT_ADDON } })
    assert.equal(stdout, 'portable\n')
  })

  test('in Edge runtimes, nothing of the addon is loaded, and no module of Node.js', async () => {
    const { stdout } = await runNode([
      '--conditions=workerd',
      '-e',
      `const Module = require('node:module')
       const load = Module._load
       Module._load = function (request, ...rest) {
         if (Module.isBuiltin(request)) console.log(request)
         return load.call(this, request, ...rest)
       }
       require('logto-authkit')
       console.log(Object.keys(require.cache).filter((file) => /native|binding|\\.node$/.test(file)).join())`,
    ])
    assert.equal(stdout.trim(), '')
  })
})
