'use strict'

// What the pages of the frameworks say beside the first guard, in the apps of examples/frameworks/apps.

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { once } = require('node:events')
const { join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { pathToFileURL } = require('node:url')
const { promisify } = require('node:util')

const ORIGIN = 'https://app.example.com'

/** How an app is served: resolves to its URL, and to what stops it. */
const SERVERS = {
  express: serveHttp,
  koa: serveHttp,
  http: serveHttp,
  fastify: async (app) => ({ url: await app.listen({ port: 0, host: '127.0.0.1' }), stop: () => app.close() }),
  hono: async (app, { behindTls }) => ({
    url: 'http://localhost',
    ask: (url, init) => app.fetch(behindTls(new Request(url, init))),
  }),
}

async function serveHttp(app) {
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close().closeAllConnections() }
}

/** Tests every app there. `world` is that of frameworks.test.js. */
function testApps(world) {
  test('have the tests of their users, which pass', async () => {
    const args = ['--test', 'dist/apps/']
    const { NODE_TEST_CONTEXT: _, ...env } = process.env // Else the child takes itself for a part of this test.
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: world.folder, env, timeout: 120_000 })
    assert.match(stdout, /^# pass [1-9]/m)
    assert.match(stdout, /^# fail 0$/m)
  })

  for (const [name, serve] of Object.entries(SERVERS)) describe(`that of ${name}`, () => testApp(world, name, serve))
}

function testApp(world, name, serve) {
  const started = []
  async function start({ options }) {
    const module = await import(pathToFileURL(join(world.folder, `dist/apps/${name}.mjs`)))
    const { url, stop = () => {}, ask = fetch } = await serve(module.createApp(options), module)
    started.push(stop)
    return (path, headers = {}, init = {}) => ask(url + path, { headers, ...init })
  }
  let ask
  before(async () => {
    ask = await start(world.tenant)
  })
  after(() => Promise.all(started.map((stop) => stop())))

  test('lets in only members of the organization in the path', async () => {
    const headers = { authorization: `Bearer ${await world.tenant.issue({ claims: { organization_id: 'org-1' } })}` }
    const [own, other] = [await ask('/organizations/org-1', headers), await ask('/organizations/org-2', headers)]
    assert.deepEqual([own.status, await own.json()], [200, { organizationId: 'org-1' }])
    assert.equal(other.status, 403)
  })

  test('answers a refusal in its own format, with the status and the headers of the refusal', async () => {
    const refused = await ask('/profile')
    const title = 'No token found in cookies or Authorization header'
    assert.deepEqual([refused.status, await refused.json()], [401, { title, status: 401, code: 'token_missing' }])
    assert.equal(refused.headers.get('WWW-Authenticate'), 'Bearer')
    const user = await ask('/profile', { authorization: `Bearer ${await world.tenant.issue()}` })
    assert.deepEqual(await user.json(), { userId: 'user-1' })

    const cold = await start(world.gone)
    const outage = await cold('/profile', { authorization: `Bearer ${await world.gone.issue()}` })
    assert.equal(outage.status, 503)
    assert.ok(Number(outage.headers.get('Retry-After')) > 0)
  })

  test('stores the id of a guest in a cookie that is Secure behind a proxy, and knows a user', async () => {
    const guest = await ask('/feed', { 'X-Forwarded-Proto': 'https' })
    const { guestId } = await guest.json()
    assert.match(guest.headers.getSetCookie().join(), new RegExp(`^guest_logto_authtoken=${guestId};.* Secure`))
    const user = await ask('/feed', { authorization: `Bearer ${await world.tenant.issue()}` })
    assert.deepEqual([await user.json(), user.headers.getSetCookie()], [{ userId: 'user-1' }, []])
  })

  test('answers preflights before its guards, and lets other origins read a refusal', async () => {
    const asked = {
      Origin: ORIGIN,
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'authorization',
    }
    const preflight = await ask('/profile', asked, { method: 'OPTIONS' })
    assert.equal(preflight.status, 204)
    assert.match(preflight.headers.get('Access-Control-Allow-Headers'), /authorization/i)
    const refused = await ask('/profile', { Origin: ORIGIN })
    assert.equal(refused.headers.get('Access-Control-Allow-Origin'), ORIGIN)
    assert.match(refused.headers.get('Access-Control-Expose-Headers'), /WWW-Authenticate/)
  })

  test('is ready once it has keys', async () => {
    assert.equal((await ask('/readyz')).status, 200)
    const cold = await start(world.gone)
    assert.equal((await cold('/readyz')).status, 503)
  })
}

module.exports = { testApps }
