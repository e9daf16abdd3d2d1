'use strict'

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { cp, mkdtemp, readdir, readFile, rm, writeFile } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { describe, test } = require('node:test')
const { promisify } = require('node:util')
const { Worker } = require('node:worker_threads')
const { parseTriple } = require('@napi-rs/cli')
const { napi } = require('../package.json')
const { startTenant } = require('./support/tenant')
const { until } = require('./support/until')

const run = promisify(execFile)
const ROOT = join(__dirname, '..')

const runNode = (script, { cwd = ROOT, args = [] } = {}) =>
  run(process.execPath, [...args, '-e', script], { cwd, timeout: 20_000 })

describe('the package', () => {
  test('exports the same names from import and require, from its root and from /server', async () => {
    const script = `
      const assert = require('node:assert/strict')
      const required = require('logto-authkit')
      assert.equal(require('logto-authkit/server'), required)
      Promise.all([import('logto-authkit'), import('logto-authkit/server')]).then(([root, server]) => {
        for (const name of Object.keys(required)) {
          assert.equal(root[name], required[name], name)
          assert.equal(server[name], required[name], name)
        }
      })`
    await runNode(script)
  })

  test('does not load the addon before the first call', async () => {
    const script = `
      require('logto-authkit').createVerifier({ logtoUrl: 'https://a.example', audience: 'a' })
      const loaded = Object.keys(require.cache).filter((file) => file.endsWith('.node'))
      if (loaded.length > 0) throw new Error(loaded.join())`
    await runNode(script)
  })
})

describe('without its addon', () => {
  const withoutAddon = async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'logto-authkit-'))
    t.after(() => rm(folder, { recursive: true }))
    const target = join(folder, 'node_modules', 'logto-authkit')
    await cp(join(ROOT, 'js'), join(target, 'js'), { recursive: true, filter: (file) => !file.endsWith('.node') })
    await cp(join(ROOT, 'package.json'), join(target, 'package.json'))
    await cp(join(ROOT, 'node_modules', 'cookie'), join(folder, 'node_modules', 'cookie'), { recursive: true })
    return folder
  }

  test('the package can be required, and the first call throws addon_unavailable, saying what to do; to the operator alone in a response', async (t) => {
    const script = `
      const assert = require('node:assert/strict')
      const { createExpressAuthMiddleware, verifyAuth, verifyNextAuth, withNextAuth } = require('logto-authkit')
      const options = { logtoUrl: 'https://a.example', audience: 'a', allowGuest: true }
      const platform = process.platform + '-' + process.arch
      const isClear = (error) => {
        assert.deepEqual([error.name, error.code, error.status], ['AuthError', 'addon_unavailable', 500])
        assert.ok(error.message.includes(platform) && error.message.includes('npm run build'), error.message)
        assert.ok(!error.message.includes(process.cwd()))
        assert.ok(error.details.problems.length > 0)
        return true
      }
      const request = new Request('https://a.example/', { headers: { authorization: 'Bearer a.b.c' } })
      const answer = {}
      const res = {
        setHeader() {},
        status: (status) => ({ json: (body) => Object.assign(answer, { status, body }) }),
      }
      const main = async () => {
        await assert.rejects(verifyAuth('a.b.c', options), isClear)
        await assert.rejects(verifyNextAuth(request, options), isClear)
        const told = []
        console.error = (...args) => told.push(args)
        await createExpressAuthMiddleware(options)(request, res, () => assert.fail('next() was called'))
        assert.equal(answer.status, 500)
        assert.deepEqual(answer.body, {
          error: 'Authentication unavailable',
          message: 'The server cannot authenticate requests',
          code: 'addon_unavailable',
        })
        const response = await withNextAuth(() => assert.fail('let in'), options)(request)
        assert.deepEqual([response.status, await response.json()], [500, answer.body])
        assert.equal(told.length, 1)
        isClear(told[0].at(-1))
      }
      main().catch((error) => { console.error(error); process.exitCode = 1 })`
    await runNode(script, { cwd: await withoutAddon(t) })
  })

  test('of its own version, an addon of another version is not loaded, and named', async (t) => {
    const folder = await withoutAddon(t)
    const triple = (await readdir(join(ROOT, 'js/engines/native'))).find((file) => file.endsWith('.node'))
    const target = join(folder, 'node_modules/logto-authkit')
    await cp(join(ROOT, 'js/engines/native', triple), join(target, 'js/engines/native', triple))
    const script = `
      const { verifyAuth } = require('logto-authkit')
      verifyAuth('a.b.c', { logtoUrl: 'https://a.example', audience: 'a' })
        .catch(({ code, details }) => console.log(JSON.stringify([code, details.problems ?? []])))`
    const outcome = async () => JSON.parse((await runNode(script, { cwd: folder })).stdout)
    assert.deepEqual(await outcome(), ['token_malformed', []])

    const manifest = JSON.parse(await readFile(join(target, 'package.json'), 'utf8'))
    await writeFile(join(target, 'package.json'), JSON.stringify({ ...manifest, version: '99.0.0' }))
    const [code, problems] = await outcome()
    assert.equal(code, 'addon_unavailable')
    assert.match(problems.join(), new RegExp(`of version ${manifest.version}, and not 99\\.0\\.0`))
  })

  test('says what to install only where there is such a package, and otherwise how to build', async (t) => {
    const folder = await withoutAddon(t)
    const shipped = napi.targets.map((target) => parseTriple(target)).map(({ platformArchABI }) => platformArchABI)
    const others = ['linux-riscv64-gnu', 'linux-arm-gnueabihf', 'win32-arm64-msvc', 'freebsd-x64']
    for (const triple of [...shipped, ...others]) {
      const [platform, arch] = triple.split('-')
      const script = `
        Object.defineProperties(process, { platform: { value: '${platform}' }, arch: { value: '${arch}' } })
        const { verifyAuth } = require('logto-authkit')
        verifyAuth('a.b.c', { logtoUrl: 'https://a.example', audience: 'a' }).catch(({ message, details }) =>
          console.log(JSON.stringify({ message, ...details })))`
      const { message, isBundled, problems } = JSON.parse((await runNode(script, { cwd: folder })).stdout)
      const named = /Install the package logto-authkit-([\w-]+)/.exec(message)?.[1]
      assert.equal(named !== undefined, shipped.includes(triple), message)
      assert.ok(named === undefined || shipped.includes(named), message)
      assert.match(message, /run "npm run build" in the folder of logto-authkit/)
      assert.equal(isBundled, false)
      assert.ok(!message.includes('withLogtoAuth'), message)
      assert.ok(problems.some((problem) => problem.includes(`logto-authkit.${triple}.node`)))
    }
  })
})

describe('the process', () => {
  const verifyScript = (tenant, token) => `
    const { verifyAuth } = require('logto-authkit')
    const verified = verifyAuth(${JSON.stringify(token)}, ${JSON.stringify(tenant.options)})`

  test('exits by itself with a warm cache', async (t) => {
    const tenant = await startTenant()
    t.after(() => tenant.close())
    const script = `${verifyScript(tenant, await tenant.issue())}
      verified.then(({ userId }) => console.log(userId))`
    assert.equal((await runNode(script)).stdout, 'user-1\n')
  })

  test('exits cleanly through process.exit with a fetch under way', async (t) => {
    const tenant = await startTenant()
    t.after(() => tenant.close())
    tenant.answer = () => {}
    const script = `${verifyScript(tenant, await tenant.issue())}
      setTimeout(() => process.exit(7), 200)`
    await assert.rejects(runNode(script), { code: 7, signal: null, stderr: '' })
    assert.equal(tenant.fetches, 1)
  })

  test('shares one fetch between worker threads, which can be terminated while they wait', async (t) => {
    const tenant = await startTenant()
    t.after(() => tenant.close())
    const respond = []
    tenant.answer = (_req, res) => respond.push(() => res.end(JSON.stringify({ keys: [tenant.keys[0].jwk] })))
    const script = `${verifyScript(tenant, await tenant.issue())}
      const { parentPort } = require('node:worker_threads')
      parentPort.postMessage('asked')
      verified.then(({ userId }) => parentPort.postMessage(userId))`
    const workers = Array.from({ length: 4 }, () => new Worker(script, { eval: true }))
    t.after(() => Promise.all(workers.map((worker) => worker.terminate())))
    const messages = workers.map((worker) => {
      const list = []
      worker.on('message', (message) => list.push(message))
      return list
    })
    const have = (count) => () => messages.every((list) => list.length >= count)
    await until(have(1), 20_000)
    await workers[3].terminate()
    messages.pop()
    await until(() => respond.length > 0)
    respond[0]()
    await until(have(2))
    assert.deepEqual(messages, [
      ['asked', 'user-1'],
      ['asked', 'user-1'],
      ['asked', 'user-1'],
    ])
    assert.equal(tenant.fetches, 1)
  })

  test('survives a panic in the addon, which becomes an error', async () => {
    const { binding } = require('../js/engines/native/binding')
    assert.throws(() => binding().panicForTests(false), /panic/)
    await assert.rejects(binding().panicForTests(true), /panic/)
  })
})
