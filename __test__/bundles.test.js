'use strict'

// The bundles that bundlers make of the package, by its export conditions. The package is installed from the tarballs.
// The example Worker is bundled by wrangler, run by workerd and sent requests; another bundle is for a browser.

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { cp, mkdtemp, realpath, rm, symlink } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join, relative } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { promisify } = require('node:util')
const { runInNewContext } = require('node:vm')
const { runNode } = require('./support/child')
const { compileSamples } = require('./support/samples')
const { ROOT, installOffline, packEverything } = require('./support/tarballs')
const { ACCEPTED, FAILED, REFUSED, bearer, startTenantOfSeveralKeys, tampered } = require('./support/requests')
const { createKey, startTenant } = require('./support/tenant')
const { bundleWorker, generateTypes, installWrangler, requireBeside, startWorker } = require('./support/workerd')

const EXAMPLE = join(__dirname, '../examples/cloudflare-worker')
const SUPPORT = join(__dirname, 'support')
let folder
let app
before(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'logto-authkit-')))
  await installWrangler()
  const { addon, main, dependencies } = await packEverything(folder)
  app = await installOffline(folder, [...dependencies, main, addon])
})
after(() => rm(folder, { recursive: true }))

describe('a Cloudflare Worker', { timeout: 600_000 }, () => {
  let bundle
  let tenant
  let worker
  before(async () => {
    for (const file of ['worker.ts', 'wrangler.jsonc']) await cp(join(EXAMPLE, file), join(app, file))
    for (const file of ['edge-worker.mjs', 'outcome.js']) await cp(join(SUPPORT, file), join(app, file))
    bundle = { example: await bundleWorker(app, 'worker.ts'), tables: await bundleWorker(app, 'edge-worker.mjs') }
    tenant = await startTenantOfSeveralKeys()
    worker = await start(tenant)
  })
  after(async () => {
    await worker?.close()
    await tenant?.close()
  })

  const start = ({ logtoUrl, audience }) => {
    return startWorker(bundle.example.script, { LOGTO_URL: logtoUrl, AUDIENCE: audience })
  }

  test('compiles for strict users, as the page has it', async () => {
    await generateTypes(app)
    await symlink(join(EXAMPLE, 'node_modules/wrangler'), join(app, 'node_modules/wrangler'), 'junction')
    await compileSamples('cloudflare-worker', join(app, 'samples'), {
      at: (file) => join(app, relative('examples/cloudflare-worker', file)),
      options: { types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] },
      files: ['../worker-configuration.d.ts'],
    })
  })

  test('has a test of its users, which passes', async () => {
    const file = 'worker.test.mjs'
    await cp(join(EXAMPLE, file), join(app, file))
    const { NODE_TEST_CONTEXT: _, ...env } = process.env // Else the child takes itself for a part of this test.
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', file], {
      cwd: app,
      env: { ...env, CI: '1', WRANGLER_SEND_METRICS: 'false' },
      timeout: 120_000,
    })
    assert.match(stdout, /^# pass 1$/m)
  })

  test('has the Edge engine in its bundle, nothing of the addon, and no module of Node.js', () => {
    const files = ourFiles(bundle.example.inputs)
    assert.ok(files.includes('logto-authkit/js/engines/portable/engine.js'))
    assert.deepEqual(
      files.filter(
        (file) =>
          !/^logto-authkit\/js\/((diagnostics|frameworks|revocation|engines|engines\/portable(\/jwks)?)\/)?[\w-]+\.js$/.test(
            file,
          ),
      ),
      [],
    )
    assert.ok(!files.includes('logto-authkit/js/engines/native/engine.js'))
    assert.ok(!files.includes('logto-authkit/js/engines/native/binding.js'))
    assert.ok(!files.includes('logto-authkit/js/revocation/signature-node.js'))
    assert.deepEqual(bundle.example.imports, ['cloudflare:workers'])
  })

  for (const [name, headersOf] of ACCEPTED) {
    test(`lets in ${name}`, async () => {
      const response = await worker.fetch('/me', { headers: await headersOf(tenant) })
      const scope = 'read:things write:things'
      assert.deepEqual([response.status, await response.json()], [200, { userId: 'user-1', scope }])
    })
  }

  for (const [name, headersOf, error] of REFUSED) {
    test(`answers 401 to ${name}`, async () => {
      const response = await worker.fetch('/me', { headers: await headersOf(tenant) })
      assert.deepEqual([response.status, (await response.json()).error], [401, error])
      assert.match(response.headers.get('www-authenticate'), /^Bearer/)
    })
  }

  test('requires the scope that a route requires', async () => {
    const refused = await worker.fetch('/admin', { headers: bearer(await tenant.issue()) })
    const error = `${FAILED} Missing required scope: admin:write`
    assert.deepEqual([refused.status, await refused.json()], [403, { error, code: 'scope_missing' }])
    assert.match(refused.headers.get('www-authenticate'), /insufficient_scope/)
    const token = await tenant.issue({ claims: { scope: 'read:things admin:write' } })
    const accepted = await worker.fetch('/admin', { headers: bearer(token) })
    assert.deepEqual([accepted.status, await accepted.json()], [200, { message: 'Hello, admin user-1' }])
  })

  test('gives a guest an id, whatever is wrong with the token, and keeps the id that the cookie brings back', async () => {
    const first = await worker.fetch('/feed', { headers: bearer(tampered(await tenant.issue())) })
    const guest = await first.json()
    assert.equal(first.status, 200)
    assert.match(guest.guestId, /^[0-9a-f-]{36}$/)
    const [cookie] = first.headers.getSetCookie()[0].split(';')
    assert.equal(cookie, `guest_logto_authtoken=${guest.guestId}`)
    const second = await worker.fetch('/feed', { headers: { cookie } })
    assert.deepEqual(await second.json(), guest)

    const user = await worker.fetch('/feed', { headers: bearer(await tenant.issue()) })
    assert.deepEqual(await user.json(), { isGuest: false, userId: 'user-1' })
  })

  test('accepts a new key without a restart, and no longer accepts the key that it replaced', async () => {
    const rotating = await startTenant()
    const itsWorker = await start(rotating)
    try {
      const ask = async (token) => (await itsWorker.fetch('/me', { headers: bearer(token) })).status
      const old = await rotating.issue()
      assert.equal(await ask(old), 200)
      rotating.keys = [await createKey('ES384')]
      assert.equal(await ask(await rotating.issue()), 200)
      assert.equal(await ask(old), 401)
    } finally {
      await itsWorker.close()
      await rotating.close()
    }
  })

  test('answers 200 to each of many requests that all need the keys first', async () => {
    const cold = await start(tenant)
    try {
      const headers = bearer(await tenant.issue())
      const responses = await Promise.all(Array.from({ length: 30 }, () => cold.fetch('/me', { headers })))
      assert.deepEqual(new Set(responses.map(({ status }) => status)), new Set([200]))
    } finally {
      await cold.close()
    }
  })

  test('answers 503 with Retry-After while the keys cannot be fetched, and 200 once they can', async () => {
    const down = await startTenant()
    const headers = bearer(await down.issue())
    await down.goDown()
    const cold = await start(down)
    try {
      const response = await cold.fetch('/me', { headers })
      const error = `${FAILED} Unable to fetch signing keys (JWKS)`
      assert.deepEqual([response.status, await response.json()], [503, { error, code: 'jwks_unavailable' }])
      const seconds = Number(response.headers.get('retry-after'))
      assert.ok(seconds >= 1)
      await down.goUp()
      await new Promise((resolve) => setTimeout(resolve, 1_000 * seconds + 100))
      assert.equal((await cold.fetch('/me', { headers })).status, 200)
    } finally {
      await cold.close()
      await down.close()
    }
  })

  test('says the same as the native engine to every case of the conformance tables', async () => {
    const env = { EDGE_WORKER: bundle.tables.script }
    await runNode(['__test__/conformance.test.js'], { env, timeout: 500_000 })
  })
})

describe('a bundle for a browser', () => {
  /** A browser bundle of an app with this import: the files of our package in the bundle, and the bundled script. */
  const bundleFor = async (conditions, contents) => {
    const { outputFiles, metafile } = await requireBeside('esbuild').build({
      stdin: { contents, resolveDir: app },
      bundle: true,
      platform: 'browser',
      conditions,
      write: false,
      metafile: true,
    })
    return { script: outputFiles[0].text, files: ourFiles(Object.keys(metafile.inputs)) }
  }

  for (const [name, contents] of Object.entries({
    'the package': `import { verifyAuth } from 'logto-authkit'; verifyAuth()`,
    'the package, required': `require('logto-authkit').verifyAuth()`,
    'the documented path': `import { createVerifier } from 'logto-authkit/server'; createVerifier()`,
  })) {
    test(`holds, for an import of ${name}, only an error that says where the package runs`, async () => {
      const { script, files } = await bundleFor([], contents)
      assert.deepEqual(files, ['logto-authkit/js/browser.js'])
      assert.throws(() => runInNewContext(script), /^Error: logto-authkit verifies tokens on a server and does not run/)
    })
  }

  for (const conditions of [
    ['edge-light', 'worker'],
    ['workerd', 'worker'],
  ]) {
    test(`is not made for ${conditions[0]}, although its bundlers also set the condition browser`, async () => {
      const { script, files } = await bundleFor(conditions, `require('logto-authkit')`)
      assert.ok(files.includes('logto-authkit/js/engines/portable/engine.js'))
      assert.ok(!files.includes('logto-authkit/js/browser.js'))
      runInNewContext(script, { Request, TextDecoder, TextEncoder })
    })
  }
})

/** The files of our packages among the inputs of a bundle, as `<package>/<path>`. */
function ourFiles(inputs) {
  return inputs.flatMap((file) => /(?<=node_modules\/)logto-authkit[^/]*\/.*/.exec(file) ?? [])
}
