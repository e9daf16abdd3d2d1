'use strict'

// examples/lambda, built by each bundler as its package.json says, put alone into an empty folder as a zip for Lambda would be
// unpacked, and asked over HTTP.

const assert = require('node:assert/strict')
const { cp, mkdtemp, readdir, realpath, rm } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { startApp } = require('./frameworks/start')
const { askAll, startTenantOfSeveralKeys } = require('./support/requests')
const { install, installExample, npm, packTarballs } = require('./support/tarballs')

const EXAMPLE = join(__dirname, '../examples/lambda')
const RUNTIME = join(__dirname, 'support/lambda.mjs')

/** Which engine a process has warned of. */
const PORTABLE = /verifies with its portable engine.* It has been bundled/

/** Bundles that hold the package: [the script of the example, its files]. */
const BUNDLES = [
  ['esbuild', ['index.mjs']],
  ['esbuild:cjs', ['index.cjs']],
  ['ncc', ['index.mjs']],
  ['rollup', ['index.mjs', 'index.cjs']],
  ['tsup', ['index.mjs', 'index.cjs']],
  ['webpack', ['index.mjs', 'index.cjs']],
]

describe('examples/lambda', { timeout: 600_000 }, () => {
  let folder
  let app
  let packages
  let tenant
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'logto-authkit-')))
    app = join(folder, 'app')
    packages = await packTarballs(folder)
    await installExample(EXAMPLE, app, packages)
    tenant = await startTenantOfSeveralKeys()
  })
  after(async () => {
    await tenant?.close()
    await rm(folder, { recursive: true })
  })

  /** A folder with nothing but a file of the last build. */
  const unpack = async (file) => {
    const target = await mkdtemp(join(folder, 'task-'))
    await cp(join(app, 'dist', file), join(target, file))
    return target
  }

  /** Asks a function all that is asked of any bundle. Returns what it has said on stderr. */
  const logOfAsked = async (target, file) => {
    const { url, logOf, stop } = await startApp(target, RUNTIME, tenant, { args: [file] })
    try {
      await askAll(url, tenant)
      return logOf()
    } finally {
      stop()
    }
  }

  for (const [script, files] of BUNDLES) {
    test(`built by ${script}, verifies in one file and, natively, beside the addon's`, async () => {
      await rm(join(app, 'dist'), { recursive: true, force: true })
      await npm(['run', script], app)
      assert.deepEqual((await readdir(join(app, 'dist'))).sort(), [...files].sort())
      for (const file of files) {
        const target = await unpack(file)
        assert.match(await logOfAsked(target, file), PORTABLE, `${file} alone`)
        const name = `logto-authkit-${packages.platform}`
        const addon = `logto-authkit.${packages.platform}.node`
        await cp(join(app, 'node_modules', name, addon), join(target, addon))
        assert.equal(await logOfAsked(target, file), '', `${file} beside the addon`)
      }
    })
  }

  test("traced by Vercel's tracer, verifies natively from the files that it found", async () => {
    await rm(join(app, 'dist'), { recursive: true, force: true })
    await npm(['run', 'nft'], app)
    const target = await mkdtemp(join(folder, 'task-'))
    await cp(join(app, 'dist'), target, { recursive: true })
    assert.equal(await logOfAsked(target, 'handler.mjs'), '')
  })

  test('built without the package, verifies natively beside node_modules', async () => {
    await npm(['run', 'esbuild:external'], app)
    const target = await unpack('index.mjs')
    await install(target, [packages.main, packages.addon], '--prefer-offline')
    assert.equal(await logOfAsked(target, 'index.mjs'), '')
  })
})
