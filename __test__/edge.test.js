'use strict'

// The suites of the public API, each run once more on the Edge engine. They do not cover the addon, its threads and its
// TLS, nor the connections that the platform's fetch keeps open.

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')
const { runNode } = require('./support/child')

const SUITES = [
  'authorization',
  'challenges',
  'cookies',
  'csrf',
  'errors',
  'express',
  'extract-token',
  'guest',
  'jwks-cache',
  'jwks-over-time',
  'next-api',
  'on-error',
  'options',
  'organizations',
  'permissions',
  'resource-metadata',
  'revocations',
  'tenants',
  'token-verifier',
  'verify-auth',
  'warnings',
  'webhooks',
]

describe('on the Edge engine', { concurrency: 2 }, () => {
  for (const suite of SUITES) {
    test(`${suite}.test.js passes`, async () => {
      await runNode(['--conditions=edge-light', `__test__/${suite}.test.js`], { timeout: 120_000 })
    })
  }

  test('nothing of the addon is loaded, and no module of Node.js', async () => {
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
