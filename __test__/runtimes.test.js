'use strict'

// Bun and Deno: the suites of the public API on both engines there, and an app of each kind from the packed packages.

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { mkdtemp, realpath, rm } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join, relative } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { promisify } = require('node:util')
const { findRuntime } = require('../tools/runtime')
const { startApp } = require('./frameworks/start')
const { askAll, startTenantOfSeveralKeys } = require('./support/requests')
const { compileSamples } = require('./support/samples')
const { ROOT, installExample, packTarballs } = require('./support/tarballs')

const EXAMPLE = join(ROOT, 'examples/runtimes')

const DENO = ['--allow-env', '--allow-net', '--allow-read']
const DENO_TEST = ['test', '--no-check', '--allow-run', '--allow-sys', '--allow-write', ...DENO]

/**
 * How to run an app, how to test on each engine, and the server of its own. Deno loads an addon only with --allow-ffi; of Bun, a
 * function is taken away.
 */
const RUNTIMES = {
  bun: {
    run: ['run'],
    native: ['test', '--timeout', '60000'],
    portable: ['test', '--timeout', '60000', '--preload', './__test__/support/no-dlopen.js'],
    pathOf: (suite) => `./__test__/${suite}.test.js`,
    server: 'bun.ts',
  },
  deno: {
    run: ['run', '--allow-ffi', ...DENO],
    native: [...DENO_TEST, '--allow-ffi'],
    portable: DENO_TEST,
    pathOf: (suite) => `__test__/${suite}.test.js`,
    server: 'deno.ts',
  },
}

/** What meets the runtime: its cryptography, requests, timers, and the addon's promises. */
const SUITES = {
  native: [
    'authorization',
    'diagnostics',
    'errors',
    'express',
    'given-keys',
    'guest',
    'hostile-tokens',
    'next-api',
    'organizations',
    'revocations',
    'tenants',
    'verify-auth',
    'verify-sync',
    'webhooks',
  ],
  portable: ['given-keys', 'hostile-tokens', 'tenants', 'verify-auth', 'verify-sync'],
}

const run = promisify(execFile)

test('the samples of both compile for strict users', { timeout: 300_000 }, async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'logto-authkit-')))
  try {
    const app = join(folder, 'app')
    await installExample(EXAMPLE, app, await packTarballs(folder))
    const at = (file) => join(app, relative('examples/runtimes', file))
    await compileSamples('bun', join(app, 'samples-bun'), { at, options: { types: ['bun'] } })
    await compileSamples('deno', join(app, 'samples-deno'), {
      at,
      options: { types: ['deno'], lib: ['es2023', 'dom'] },
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

for (const [name, runtime] of Object.entries(RUNTIMES)) {
  const command = findRuntime(name)
  const skip = command === undefined ? `there is no ${name}` : false

  describe(`on ${name}`, { skip, timeout: 600_000 }, () => {
    describe('the suites', () => {
      for (const [engine, suites] of Object.entries(SUITES)) {
        for (const suite of suites) {
          test(`${suite}.test.js passes with the ${engine} engine`, async () => {
            const { stdout, stderr } = await run(command, [...runtime[engine], runtime.pathOf(suite)], {
              cwd: ROOT,
              env: { ...process.env, NO_COLOR: '1', NODE_TEST_CONTEXT: '' },
              maxBuffer: 64 * 1024 * 1024,
              timeout: 180_000,
            })
            const log = stdout + stderr
            assert.match(log, /^ok \| [1-9]|^ *[1-9]\d* pass$/m, 'no test was run')
            assert.equal(/LOGTO_AUTHKIT_PORTABLE_ENGINE/.test(log), engine === 'portable')
          })
        }
      }
    })

    describe('from the packed packages', () => {
      let folder
      let app
      let tenant
      before(async () => {
        folder = await realpath(await mkdtemp(join(tmpdir(), 'logto-authkit-')))
        app = join(folder, 'app')
        await installExample(EXAMPLE, app, await packTarballs(folder))
        tenant = await startTenantOfSeveralKeys()
      })
      after(async () => {
        await tenant?.close()
        await rm(folder, { recursive: true })
      })

      for (const file of [runtime.server, 'hono.js', 'express.js']) {
        test(`${file} lets in and refuses, natively and without a warning`, async () => {
          const { url, logOf, stop } = await startApp(app, file, tenant, { command: [command, ...runtime.run] })
          try {
            await askAll(url, tenant)
            assert.equal(logOf(), '')
          } finally {
            stop()
          }
        })
      }

      test('the test of its users passes', async () => {
        const env = { ...process.env, NO_COLOR: '1', NODE_TEST_CONTEXT: '' }
        const args = [...runtime.native, './guard.test.js']
        const { stdout, stderr } = await run(command, args, { cwd: app, env, timeout: 60_000 })
        assert.match(stdout + stderr, /^ok \| 1 passed|^ *1 pass$/m)
      })

      test('worker threads verify, and one fetch of the keys serves them', async () => {
        const fetches = tenant.fetches
        const { logtoUrl, audience } = tenant
        const env = { ...process.env, LOGTO_URL: logtoUrl, AUDIENCE: audience, TOKEN: await tenant.issue() }
        const { stdout } = await run(command, [...runtime.run, 'worker.js'], { cwd: app, env, timeout: 60_000 })
        assert.equal(stdout, 'user-1\nuser-1\n')
        assert.equal(tenant.fetches - fetches, 1)
      })
    })
  })
}
