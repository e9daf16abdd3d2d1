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
const { napi, version: VERSION } = require('../package.json')
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

  test('loads the addon when a verifier or a middleware is made, and not before', async () => {
    const script = `
      const authkit = require('logto-authkit')
      const { logtoAuth } = require('logto-authkit/hono')
      const loaded = () => Object.keys(require.cache).filter((file) => file.endsWith('.node')).length
      const before = loaded()
      const options = { logtoUrl: 'https://a.example', audience: 'a' }
      const MAKERS = { verifier: authkit.createVerifier, express: authkit.createExpressAuthMiddleware, hono: logtoAuth }
      MAKERS[process.argv[1]](options)
      console.log(before, loaded())`
    for (const maker of ['verifier', 'express', 'hono']) {
      assert.equal((await run(process.execPath, ['-e', script, maker], { cwd: ROOT })).stdout, '0 1\n', maker)
    }
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

  test('the portable engine verifies in its place, and says so once', async (t) => {
    const script = `
      const warnings = []
      process.on('warning', ({ code, message }) => warnings.push([code, message]))
      const authkit = require('logto-authkit')
      const { createTestIssuer } = require('logto-authkit/testing')
      const main = async () => {
        const issuer = await createTestIssuer()
        const { verifyAuth, createVerifier, getEngine, getJwksStatus, invalidateJwksCache } = authkit
        const verifier = createVerifier({ ...issuer.options })
        await verifier.prefetch()
        const users = [
          (await verifyAuth(issuer.issueToken({ sub: 'ada' }), issuer.options)).userId,
          (await createVerifier({ ...issuer.options, engine: 'portable' }).verify(issuer.issueToken({ sub: 'bob' }))).userId,
          verifier.verifySync(issuer.issueToken({ sub: 'eve' })).userId,
        ]
        const forged = issuer.issueToken().replace(/.{9}$/, 'AAAAAAAAA')
        const refusals = [await verifyAuth(forged, issuer.options).catch(({ code }) => code)]
        const engines = [getEngine(), getJwksStatus()[0].engine]
        console.log(JSON.stringify({ users, refusals, engines, forgotten: invalidateJwksCache(issuer.logtoUrl), warnings }))
      }
      main()`
    const { stdout } = await runNode(script, { cwd: await withoutAddon(t) })
    const { users, refusals, engines, forgotten, warnings } = JSON.parse(stdout)
    assert.deepEqual(users, ['ada', 'bob', 'eve'])
    assert.deepEqual(refusals, ['signature_invalid'])
    assert.deepEqual(engines, ['portable', 'portable'])
    assert.equal(forgotten, 1)
    assert.equal(warnings.length, 1)
    const [[code, message]] = warnings
    assert.equal(code, 'LOGTO_AUTHKIT_PORTABLE_ENGINE')
    assert.ok(
      message.includes(`${process.platform}-${process.arch}`) && message.includes('it is not installed'),
      message,
    )
  })

  test('of a verifier that insists on it, each way of use says what to do; to the operator alone in a response', async (t) => {
    const script = `
      const assert = require('node:assert/strict')
      const { createExpressAuthMiddleware, createVerifier, verifyAuth, verifyNextAuth, withNextAuth } = require('logto-authkit')
      const options = { logtoUrl: 'https://a.example', audience: 'a', allowGuest: true, engine: 'native' }
      const platform = process.platform + '-' + process.arch
      const isClear = (error) => {
        assert.deepEqual([error.name, error.code, error.status], ['AuthError', 'addon_unavailable', 500])
        assert.ok(error.message.includes(platform) && error.message.includes('npm run build'), error.message)
        assert.ok(!error.message.includes(process.cwd()))
        assert.ok(error.details.problems.length > 0)
        return true
      }
      const request = new Request('https://a.example/', { headers: { authorization: 'Bearer a.b.c' } })
      const main = async () => {
        await assert.rejects(verifyAuth('a.b.c', options), isClear)
        await assert.rejects(verifyNextAuth(request, options), isClear)
        assert.throws(() => createExpressAuthMiddleware(options), isClear)
        assert.throws(() => createVerifier(options), isClear)
        const told = []
        console.error = (...args) => told.push(args)
        const response = await withNextAuth(() => assert.fail('let in'), options)(request)
        assert.deepEqual([response.status, await response.json()], [500, {
          error: 'Authentication unavailable',
          message: 'The server cannot authenticate requests',
          code: 'addon_unavailable',
        }])
        assert.equal(told.length, 1)
        isClear(told[0].at(-1))
      }
      main().catch((error) => { console.error(error); process.exitCode = 1 })`
    await runNode(script, { cwd: await withoutAddon(t) })
  })

  const FILE = 'js/engines/native'
  const reasonIn = async (folder) => {
    const script = `
      try { require('logto-authkit').createVerifier({ logtoUrl: 'https://a.example', audience: 'a', engine: 'native' }) }
      catch ({ code, message, details }) { console.log(JSON.stringify([code, message, details.reason])) }`
    return JSON.parse((await runNode(script, { cwd: folder })).stdout || 'null')
  }
  const withBinary = async (t) => {
    const folder = await withoutAddon(t)
    const name = (await readdir(join(ROOT, FILE))).find((file) => file.endsWith('.node'))
    const target = join(folder, 'node_modules/logto-authkit')
    await cp(join(ROOT, FILE, name), join(target, FILE, name))
    return { folder, target, binary: join(target, FILE, name) }
  }

  test('of its own version, an addon of another version is not loaded, and named', async (t) => {
    const { folder, target } = await withBinary(t)
    assert.equal(await reasonIn(folder), null)
    const file = join(target, 'js/version.js')
    await writeFile(file, (await readFile(file, 'utf8')).replace(VERSION, '99.0.0'))
    const [code, , reason] = await reasonIn(folder)
    assert.deepEqual([code, reason], ['addon_unavailable', `of version ${VERSION}, and not 99.0.0`])
  })

  test('where its file is broken, that is the reason that is given, without the path', async (t) => {
    const { folder, binary } = await withBinary(t)
    await writeFile(binary, 'not an addon')
    const [code, message, reason] = await reasonIn(folder)
    assert.equal(code, 'addon_unavailable')
    assert.match(reason, /^the file: (file too short|invalid ELF header|.+)$/)
    assert.ok(message.includes(reason) && !message.includes(folder), message)
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
        verifyAuth('a.b.c', { logtoUrl: 'https://a.example', audience: 'a', engine: 'native' }).catch(({ message, details }) =>
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

  test('survives a panic in the addon, which becomes an error', async (t) => {
    const { binding } = require('../js/engines/native/binding')
    if (binding().panicForTests === undefined) return t.skip('a release build does not panic for tests')
    assert.throws(() => binding().panicForTests(false), /panic/)
    await assert.rejects(binding().panicForTests(true), /panic/)
  })
})
