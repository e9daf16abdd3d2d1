'use strict'

// The example apps and the adapters. The frameworks are those that examples/frameworks/package.json names; this package
// is installed from its tarballs.

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { cp, mkdtemp, realpath, rm } = require('node:fs/promises')
const { createRequire } = require('node:module')
const { tmpdir } = require('node:os')
const { basename, join, relative } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { promisify } = require('node:util')
const { testAdapters } = require('./frameworks/adapters')
const { testApps } = require('./frameworks/apps')
const { EXAMPLES, askHttp } = require('./frameworks/examples')
const { testFastify } = require('./frameworks/fastify')
const { testHono } = require('./frameworks/hono')
const { startApp } = require('./frameworks/start')
const { compileSamples } = require('./support/samples')
const { ROOT, install, packTarballs } = require('./support/tarballs')
const { startTenant } = require('./support/tenant')

/** Ways of TypeScript to find a package, each behind the kind of module that it goes with. */
const RESOLUTIONS = { nodenext: 'nodenext', node16: 'node16', preserve: 'bundler' }

/** The folder of the apps, a function (`load`) that loads their packages, and two tenants, of which `gone` is down. */
const world = {}

describe('frameworks', { timeout: 900_000 }, () => {
  before(async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'logto-authkit-')))
    Object.assign(world, { folder: join(folder, 'apps'), close: () => rm(folder, { recursive: true }) })
    const isSource = (path) => !['node_modules', 'dist'].includes(basename(path))
    await cp(join(ROOT, 'examples/frameworks'), world.folder, { recursive: true, filter: isSource })
    await cp(join(ROOT, '__test__/types'), join(world.folder, 'types'), { recursive: true, filter: isSource })
    const { main, addon } = await packTarballs(folder)
    await install(world.folder, [main, addon], '--prefer-offline', '--no-package-lock')
    assert.deepEqual(await compile('.'), [])
    world.load = createRequire(join(world.folder, 'package.json'))
    world.tenant = await startTenant()
    world.gone = await startTenant()
    await world.gone.close()
  })
  after(async () => {
    await world.tenant?.close()
    await world.close?.()
  })

  for (const example of EXAMPLES) describe(nameOf(example), () => testExample(example))
  describe('a middleware', testLikeness)
  describe('the apps of the pages', () => testApps(world))
  describe('an adapter', () => testAdapters(world))
  describe('the plugin for Fastify', () => testFastify(world))
  describe('the middleware for Hono', () => testHono(world))

  test('every sample of the pages compiles for strict users', () =>
    compileSamples('frameworks', join(world.folder, 'samples'), {
      at: (file) => join(world.folder, relative('examples/frameworks', file)),
    }))

  test('the types of the adapters fit the types of their frameworks', async () => {
    for (const [module, moduleResolution] of Object.entries(RESOLUTIONS)) {
      const flags = ['--module', module, '--moduleResolution', moduleResolution]
      const complaints = await compile('types/frameworks', ...flags)
      // The types of two frameworks may contradict each other.
      assert.deepEqual(
        complaints.filter((line) => !line.startsWith('node_modules/@types/')),
        [],
      )
    }
  })
})

function nameOf({ file, of }) {
  return of === undefined ? `examples/frameworks/${file}` : `examples/frameworks/${file}, for events of ${of}`
}

/** Compiles a project. Resolves to the compiler's error lines. */
async function compile(project, ...flags) {
  const typescript = join(world.folder, 'node_modules/typescript/package.json')
  const tsc = join(typescript, '..', require(typescript).bin.tsc)
  const args = [tsc, '-p', project, ...flags]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: world.folder }).catch((error) => error)
  return stdout.split('\n').filter((line) => /^\S.*error/.test(line))
}

function bearer(token) {
  return { authorization: `Bearer ${token}` }
}

/** Headers of requests that every guarded route refuses. */
async function badHeaders({ issue }) {
  return {
    'no token': {},
    'a token that is none': bearer('garbage'),
    'an expired token': bearer(await issue({ claims: { exp: 1 } })),
    'an expired token in the cookie': { cookie: `logto_authtoken=${await issue({ claims: { exp: 1 } })}` },
    'a token for another audience': bearer(await issue({ claims: { aud: 'https://other.example.com' } })),
  }
}

function testExample({ file, start, ask, welcome, outsider, storesGuests }) {
  let app
  before(async () => {
    app = Object.assign(await start(world.folder, file, world.tenant), { folder: world.folder })
  })
  after(() => app?.stop())

  test('lets anyone into a route without a guard', async () => {
    assert.equal((await ask(app, 'hello')).status, 200)
  })

  test('answers 401 to a bad token and to no token', async () => {
    for (const [name, headers] of Object.entries(await badHeaders(world.tenant))) {
      const { status, user } = await ask(app, 'me', headers)
      assert.deepEqual([status, user], [401, undefined], name)
    }
  })

  test('identifies the user by a Bearer token and by the cookie', async () => {
    const token = await world.tenant.issue()
    for (const headers of [bearer(token), { cookie: `a=b; logto_authtoken=${token}` }]) {
      const { status, user } = await ask(app, 'me', headers)
      assert.deepEqual([status, user], [welcome, 'user-1'])
    }
  })

  if (outsider !== undefined) {
    test('lets in only users with the scope', async () => {
      const { status, user } = await ask(app, 'admin', bearer(await world.tenant.issue()))
      assert.deepEqual([status, user], [outsider, undefined])
      const admin = bearer(await world.tenant.issue({ claims: { scope: 'read:things admin:write' } }))
      assert.equal((await ask(app, 'admin', admin)).user, 'user-1')
    })
  }

  if (storesGuests) {
    test('recognises a guest by the cookie', async () => {
      const { body, headers } = await ask(app, 'feed')
      const stored = headers.getSetCookie().filter((line) => line.startsWith('guest_logto_authtoken='))
      assert.deepEqual([body.userId, stored.length], [null, 1])
      const [cookie] = stored[0].split(';')
      assert.equal(cookie, `guest_logto_authtoken=${body.guestId}`)

      const again = await ask(app, 'feed', { cookie })
      assert.equal(again.body.guestId, body.guestId)
      assert.doesNotMatch(again.headers.getSetCookie().join(), /guest/)
    })
  }

  test('answers 503 while the keys cannot be fetched', async () => {
    const cold = Object.assign(await start(world.folder, file, world.gone), { folder: world.folder })
    try {
      const { status, user } = await ask(cold, 'me', bearer(await world.gone.issue()))
      assert.deepEqual([status, user], [503, undefined])
    } finally {
      cold.stop()
    }
  })
}

/** Compares the answers of the middlewares with those of Express 5. */
function testLikeness() {
  const [reference, ...others] = ['express-5.js', ...EXAMPLES.filter((one) => one.storesGuests).map((one) => one.file)]

  const CASES = {
    'a refused request': {
      tenant: () => world.tenant,
      requests: async () => {
        const refused = Object.values(await badHeaders(world.tenant)).map((headers) => ['me', headers])
        return [...refused, ['admin', bearer(await world.tenant.issue())]]
      },
    },
    'an outage of the tenant': {
      tenant: () => world.gone,
      requests: async () => [['me', bearer(await world.gone.issue())]],
    },
  }

  for (const [name, { tenant, requests }] of Object.entries(CASES)) {
    test(`answers ${name} like the middleware for Express: status, challenge, Retry-After and body`, async () => {
      const asked = await requests()
      const expected = await answersOf(reference, tenant(), asked)
      assert.ok(expected.every(({ status }) => status >= 401))
      for (const file of others) assert.deepEqual(await answersOf(file, tenant(), asked), expected, file)
    })
  }
}

async function answersOf(file, tenant, requests) {
  const app = await startApp(world.folder, file, tenant)
  const answers = []
  try {
    for (const [name, asked] of requests) {
      const { status, headers, body } = await askHttp(app, name, asked)
      const retryAfter = headers.get('retry-after')
      answers.push({
        status,
        body,
        type: headers.get('content-type').split(';')[0],
        challenge: headers.get('www-authenticate'),
        // The seconds depend on the time of the request.
        saysWhen: retryAfter === null ? 'no' : Number(retryAfter) > 0,
        stores: headers.getSetCookie(),
      })
    }
  } finally {
    app.stop()
  }
  return answers
}
