'use strict'

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { mkdtemp, readFile, readdir, realpath, rm, truncate, writeFile } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join, sep } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { promisify } = require('node:util')
const { createTestIssuer } = require('logto-authkit/testing')
const { checkSize } = require('../tools/pack')
const { ROOT, installOffline, npm, packEverything, withoutRust } = require('./support/tarballs')

/** The beginnings of the apps' scripts, which load the package. Express is loaded from the repository. */
const STARTS = {
  'require.cjs': `
    const { createExpressAuthMiddleware, verifyAuth } = require('logto-authkit/server')
    const load = require`,
  'import.mjs': `
    import { createRequire } from 'node:module'
    import { createExpressAuthMiddleware, verifyAuth } from 'logto-authkit/server'
    const load = createRequire(import.meta.url)`,
}

/** Serves one route, sends it a request with each token, and prints the answers and the loaded addons. */
const SERVE = `
  const [options, ...tokens] = process.argv.slice(2)
  const app = load('express')()
  app.get('/', createExpressAuthMiddleware(JSON.parse(options)), (req, res) => res.json(req.auth.userId))
  const server = app.listen(0, '127.0.0.1', async () => {
    const answers = []
    for (const token of tokens) {
      const headers = { authorization: 'Bearer ' + token }
      const response = await fetch('http://127.0.0.1:' + server.address().port, { headers })
      answers.push([response.status, await response.json()])
    }
    const addons = Object.keys(load.cache).filter((file) => file.endsWith('.node'))
    console.log(JSON.stringify({ answers, addons }))
    server.close()
  })`

const VERIFY = `
  const [options, token] = process.argv.slice(2)
  const warnings = []
  process.on('warning', ({ message }) => warnings.push(message))
  verifyAuth(token, JSON.parse(options)).then(({ userId }) =>
    setImmediate(() => console.log(JSON.stringify({ engine: load('logto-authkit').getEngine(), userId, warnings }))))`

const TEST = `
  load('logto-authkit/testing')
    .createTestIssuer()
    .then((issuer) => verifyAuth(issuer.issueToken(), issuer.options))
    .then((auth) => console.log(JSON.stringify(auth)))`

describe('the packed tarballs', { timeout: 120_000 }, () => {
  let folder
  let platform
  let tarballs
  let issuer

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'logto-authkit-')))
    tarballs = await packEverything(folder)
    platform = tarballs.platform
    issuer = await createTestIssuer()
  })
  after(async () => {
    await issuer?.close()
    await rm(folder, { recursive: true })
  })

  const install = (...files) => installOffline(folder, files)

  const runApp = async (app, start, script, ...args) => {
    await writeFile(join(app, start), STARTS[start] + script)
    const env = withoutRust({ NODE_PATH: join(ROOT, 'node_modules') })
    const options = { cwd: app, env, timeout: 20_000 }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [start, JSON.stringify(issuer.options), ...args],
      options,
    )
    return JSON.parse(stdout)
  }

  test('hold what is needed to run and to build, and nothing else', async () => {
    const app = await install(...tarballs.dependencies, tarballs.main, tarballs.addon)
    const here = await filesIn(ROOT, ['docs/errors', 'js', 'src'])
    assert.deepEqual(await filesIn(join(app, 'node_modules/logto-authkit')), [
      'Cargo.lock',
      'Cargo.toml',
      'LICENSE',
      'README.md',
      'build.rs',
      ...here.filter((file) => file.startsWith('docs/')),
      'express-request.d.ts',
      'fastify.d.ts',
      'hono.d.ts',
      'index.d.ts',
      ...here.filter((file) => /^js\/[\w/-]+\.js$/.test(file)),
      'koa.d.ts',
      'mcp.d.ts',
      'next.d.ts',
      'package.json',
      'redis.d.ts',
      ...here.filter((file) => file.startsWith('src/')),
      'testing.d.ts',
    ])
    assert.deepEqual(await filesIn(join(app, `node_modules/logto-authkit-${platform}`)), [
      'LICENSE',
      'README.md',
      `logto-authkit.${platform}.node`,
      'package.json',
    ])
  })

  test('name each other at one exact version, and no script that runs at installation', async () => {
    const app = await install(...tarballs.dependencies, tarballs.main, tarballs.addon)
    const main = JSON.parse(await readFile(join(app, 'node_modules/logto-authkit/package.json')))
    const addon = JSON.parse(await readFile(join(app, `node_modules/logto-authkit-${platform}/package.json`)))
    assert.equal(main.optionalDependencies[addon.name], main.version)
    assert.equal(addon.version, main.version)
    assert.deepEqual([addon.os, addon.cpu], [[process.platform], [process.arch]])
    assert.equal(Object.keys(main.optionalDependencies).length, 7)
    assert.deepEqual([Object.keys(main.scripts), addon.scripts], [['build'], undefined])
  })

  test('work in an Express app, required and imported, on a machine without Rust', async () => {
    const app = await install(...tarballs.dependencies, tarballs.main, tarballs.addon)
    for (const start of Object.keys(STARTS)) {
      const expired = issuer.issueToken({ expiresIn: -1 })
      const { answers, addons } = await runApp(app, start, SERVE, issuer.issueToken(), expired)
      assert.deepEqual(answers[0], [200, 'user-1'], start)
      assert.equal(answers[1][0], 401, start)
      const file = `logto-authkit.${platform}.node`
      assert.deepEqual(addons, [join(app, 'node_modules', `logto-authkit-${platform}`, file)], start)
    }
  })

  test('include the tenant for tests, and the doctor', async () => {
    const app = await install(...tarballs.dependencies, tarballs.main, tarballs.addon)
    for (const start of Object.keys(STARTS)) assert.equal((await runApp(app, start, TEST)).userId, 'user-1', start)

    const { logtoUrl, audience } = issuer
    const tenant = ['--logto-url', logtoUrl, '--audience', audience, '--token', issuer.issueToken()]
    const said = await npm(['exec', '--offline', '--', 'logto-authkit', 'doctor', ...tenant, '--json'], app)
    assert.equal(JSON.parse(said).outcome, 'accepted')
  })

  test('have the doctor name the page of a refusal, by a path that leads to it', async () => {
    const app = await install(...tarballs.dependencies, tarballs.main, tarballs.addon)
    const cli = join(app, 'node_modules/logto-authkit/js/cli.js')
    const args = ['doctor', '--logto-url', issuer.logtoUrl, '--audience', 'another', '--json']
    const env = { ...process.env, LOGTO_TOKEN: issuer.issueToken() }
    const doctor = promisify(execFile)(process.execPath, [cli, ...args], { cwd: app, env })
    const { code, stdout } = await doctor.catch((refused) => refused)
    assert.equal(code, 1)
    const { page } = JSON.parse(stdout)
    assert.equal(page, join('node_modules/logto-authkit/docs/errors/audience_invalid.md'))
    assert.match(await readFile(join(app, page), 'utf8'), /^# `audience_invalid`$/m)
  })

  test('verify with the portable engine if the platform’s tarball is missing, and say what to install', async () => {
    const app = await install(...tarballs.dependencies, tarballs.main)
    for (const start of Object.keys(STARTS)) {
      const { engine, userId, warnings } = await runApp(app, start, VERIFY, issuer.issueToken())
      assert.deepEqual([engine, userId], ['portable', 'user-1'], start)
      assert.equal(warnings.length, 1)
      assert.ok(warnings[0].includes(`logto-authkit-${platform}`), warnings[0])
    }
  })
})

test('an addon of 6 MB or more is not published', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'logto-authkit-'))
  const addon = join(folder, 'addon.node')
  await writeFile(addon, '')
  await truncate(addon, 6_000_000 - 1)
  checkSize(addon)
  await truncate(addon, 6_000_000)
  assert.throws(() => checkSize(addon), /addon\.node has 6000000 bytes/)
  await rm(folder, { recursive: true })
})

/** The files below a folder, or below some folders in it, as sorted paths with slashes. */
async function filesIn(folder, below = ['.']) {
  const lists = await Promise.all(
    below.map(async (name) => {
      const entries = await readdir(join(folder, name), { recursive: true, withFileTypes: true })
      const files = entries.filter((entry) => entry.isFile())
      return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    }),
  )
  return lists
    .flat()
    .map((file) => file.replaceAll(sep, '/'))
    .sort()
}
