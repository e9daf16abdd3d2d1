'use strict'

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { describe, test } = require('node:test')
const { promisify } = require('node:util')
const { withLogtoAuth } = require('logto-authkit/next')

const KEPT_OUT = ['logto-authkit', '@ouim/logto-authkit']

describe('withLogtoAuth', () => {
  const rows = {
    'no config': [undefined, { serverExternalPackages: KEPT_OUT }],
    'a config, the rest of which stays': [
      { output: 'standalone', serverExternalPackages: ['sharp', 'logto-authkit'] },
      { output: 'standalone', serverExternalPackages: ['sharp', ...KEPT_OUT] },
    ],
    'a function': [
      (phase, { defaultConfig }) => ({ phase, ...defaultConfig }),
      { phase: 'build', a: 1, serverExternalPackages: KEPT_OUT },
    ],
    'an async function': [async (phase) => ({ phase }), { phase: 'build', serverExternalPackages: KEPT_OUT }],
  }
  for (const [name, [config, expected]] of Object.entries(rows)) {
    test(`keeps the package out of bundles: ${name}`, async () => {
      const made = withLogtoAuth(config)
      const result = typeof made === 'function' ? await made('build', { defaultConfig: { a: 1 } }) : made
      assert.deepEqual(result, expected)
    })
  }

  test('does not change the config object that it is given', () => {
    const config = { serverExternalPackages: ['sharp'] }
    withLogtoAuth(config)
    assert.deepEqual(config, { serverExternalPackages: ['sharp'] })
  })

  test('loads neither the addon nor the rest of the package', async () => {
    const script = `import('logto-authkit/next').then(({ withLogtoAuth }) => {
      withLogtoAuth({})
      const loaded = Object.keys(process.getBuiltinModule('module').createRequire('${__filename}').cache)
      console.log(loaded.filter((file) => file.includes('/js/')).length)
    })`
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: __dirname })
    assert.equal(stdout, '1\n')
  })
})
