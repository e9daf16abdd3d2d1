'use strict'

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { join } = require('node:path')
const { describe, test } = require('node:test')
const { promisify } = require('node:util')
const { withLogtoAuth } = require('logto-authkit/next')

const OURS = ['logto-authkit', '@ouim/logto-authkit']

describe('withLogtoAuth', () => {
  test('keeps the package out of bundles, under its own name and the one of the original', () => {
    assert.deepEqual(withLogtoAuth(), { serverExternalPackages: OURS })
    assert.deepEqual(withLogtoAuth({}), { serverExternalPackages: OURS })
  })

  test('keeps what else is configured, and does not change the object it is given', () => {
    const config = Object.freeze({ reactStrictMode: true, serverExternalPackages: Object.freeze(['pg', OURS[0]]) })
    assert.deepEqual(withLogtoAuth(config), { reactStrictMode: true, serverExternalPackages: ['pg', ...OURS] })
    assert.deepEqual(withLogtoAuth(withLogtoAuth(config)), withLogtoAuth(config))
  })

  test('takes a function, hands it what Next.js gives, and stays as synchronous as it is', async () => {
    const make = (phase, { defaultConfig }) => ({ env: { phase }, ...defaultConfig })
    const expected = { env: { phase: 'build' }, poweredByHeader: false, serverExternalPackages: OURS }
    const given = ['build', { defaultConfig: { poweredByHeader: false } }]
    assert.deepEqual(withLogtoAuth(make)(...given), expected)
    const promise = withLogtoAuth(async (...args) => make(...args))(...given)
    assert.ok(promise instanceof Promise)
    assert.deepEqual(await promise, expected)
  })

  test('loads nothing but itself, imported or required', async () => {
    const script = `
      const assert = require('node:assert/strict')
      const { withLogtoAuth } = require('logto-authkit/next')
      assert.deepEqual(Object.keys(require.cache).map((file) => require('node:path').basename(file)), ['next-config.js'])
      import('logto-authkit/next').then((module) => assert.equal(module.withLogtoAuth, withLogtoAuth))`
    await promisify(execFile)(process.execPath, ['-e', script], { cwd: join(__dirname, '..') })
  })
})
