'use strict'

// What the pages of the frameworks say beside the first guard, in the apps of examples/frameworks/apps.

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { once } = require('node:events')
const { createServer } = require('node:http')
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
  nest: async (app) => ({ url: (await app.listen(0, '127.0.0.1')) && (await app.getUrl()), stop: () => app.close() }),
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

/** The servers of other protocols: what answers HTTP requests. */
const OTHERS = {
  trpc: ({ createHandler }, options) => serveHttp(createServer(createHandler(options))),
  websocket: ({ createApp }, options) => serveHttp(createApp(options)),
  gateway: async ({ createHandler }, options) => ({ handler: createHandler(options) }),
  apollo: async ({ createApp }, options, load) => {
    const { server, context } = createApp(options)
    const { url } = await load('@apollo/server/standalone').startStandaloneServer(server, {
      context,
      listen: { port: 0 },
    })
    return { url, stop: () => server.stop() }
  },
}

/** Tests every app there. `world` is that of frameworks.test.js. */
function testApps(world) {
  test('have the tests of their users, which pass', async () => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env // Else the child takes itself for a part of this test.
    const { stdout } = await promisify(execFile)('npm', ['test'], { cwd: world.folder, env, timeout: 180_000 })
    assert.match(stdout, /^# pass [1-9]/m)
    assert.match(stdout, /^# fail 0$/m)
  })

  for (const [name, serve] of Object.entries(SERVERS)) describe(`that of ${name}`, () => testApp(world, name, serve))
  describe('those of other protocols', () => testOthers(world))
}

function testOthers(world) {
  const apps = {}
  const start = async (name, options) =>
    OTHERS[name](await import(pathToFileURL(join(world.folder, `dist/apps/${name}.mjs`))), options, world.load)
  before(async () => {
    for (const name of Object.keys(OTHERS)) apps[name] = await start(name, world.tenant.options)
    apps.cold = await start('trpc', world.gone.options)
  })
  after(() => Promise.all(Object.values(apps).map(({ stop }) => stop?.())))

  test('answer a refusal in their own format, with its status and challenge', async () => {
    const trpc = await fetch(`${apps.trpc.url}/organization?input="org-1"`)
    assert.deepEqual([trpc.status, (await trpc.json()).error.data.reason], [401, 'token_missing'])
    assert.equal(trpc.headers.get('WWW-Authenticate'), 'Bearer')

    const apollo = await graphql(apps.apollo.url, '{ organization(id: "org-1") }')
    assert.deepEqual([apollo.status, (await apollo.json()).errors[0].extensions.reason], [401, 'token_missing'])
    assert.equal(apollo.headers.get('WWW-Authenticate'), 'Bearer')

    const refused = await apps.gateway.handler({ rawPath: '/organizations/org-1', headers: {} })
    assert.deepEqual([refused.statusCode, JSON.parse(refused.body).code], [401, 'token_missing'])
    assert.equal(refused.headers['WWW-Authenticate'], 'Bearer')

    const upgrade = await connect(world, apps.websocket.url, '/organizations/org-1')
    assert.deepEqual([upgrade.status, upgrade.challenge], [401, 'Bearer'])
  })

  test('let guests in, and store their ids where there is a response', async () => {
    const stored = /^guest_logto_authtoken=.* Secure/
    const trpc = await fetch(`${apps.trpc.url}/feed`)
    assert.match(trpc.headers.get('Set-Cookie'), stored)
    const { statusCode, headers } = await apps.gateway.handler({ rawPath: '/feed', headers: {} })
    assert.equal(statusCode, 200)
    assert.match(headers['Set-Cookie'], stored)
    const guestId = 'a-guest-of-old'
    const cookie = `guest_logto_authtoken=${guestId}`
    assert.deepEqual(await (await graphql(apps.apollo.url, '{ feed }', { cookie })).json(), { data: { feed: guestId } })
    const { socket, message } = await connect(world, apps.websocket.url, '/', { cookie })
    socket.terminate()
    assert.deepEqual(JSON.parse(message), { userId: null, guestId })
  })

  test('say when they are ready, and answer preflights before their guards', async () => {
    for (const name of ['trpc', 'websocket']) assert.equal((await fetch(`${apps[name].url}/readyz`)).status, 200)
    assert.equal((await fetch(`${apps.cold.url}/readyz`)).status, 503)
    assert.deepEqual(await (await graphql(apps.apollo.url, '{ isReady }')).json(), { data: { isReady: true } })
    const asked = { method: 'OPTIONS', headers: { Origin: ORIGIN } }
    assert.equal((await fetch(apps.apollo.url, asked)).status, 204)
    const preflight = await fetch(`${apps.trpc.url}/feed`, asked)
    assert.deepEqual([preflight.status, preflight.headers.get('Access-Control-Allow-Origin')], [204, ORIGIN])
  })

  test('keep sockets from the pages of other origins, and end them with their token', async () => {
    const foreign = await connect(world, apps.websocket.url, '/', { origin: 'https://evil.example' })
    assert.equal(foreign.status, 403)
    const exp = Math.floor(Date.now() / 1000) + 2
    const authorization = `Bearer ${await world.tenant.issue({ claims: { exp } })}`
    const { socket } = await connect(world, apps.websocket.url, '/', { authorization, origin: ORIGIN })
    assert.equal((await once(socket, 'close'))[0], 4401)
  })
}

function graphql(url, query, headers = {}) {
  const json = { ...headers, 'content-type': 'application/json' }
  return fetch(url, { method: 'POST', headers: json, body: JSON.stringify({ query }) })
}

/** Asks for an upgrade: resolves to the first message, or to the refusal. */
async function connect(world, url, path, headers = {}) {
  const { WebSocket } = world.load('ws')
  const socket = new WebSocket(url.replace('http', 'ws') + path, { headers, handshakeTimeout: 30_000 })
  return new Promise((resolve, reject) => {
    socket.once('message', (message) => resolve({ socket, message: String(message) }))
    socket.once('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode, challenge: response.headers['www-authenticate'] })
      response.destroy()
    })
    socket.once('error', reject)
  })
}

function testApp(world, name, serve) {
  const started = []
  async function start({ options }) {
    const module = await import(pathToFileURL(join(world.folder, `dist/apps/${name}.mjs`)))
    const { url, stop = () => {}, ask = fetch } = await serve(await module.createApp(options), module)
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
