'use strict'

const assert = require('node:assert/strict')
const { execFile, spawn } = require('node:child_process')
const { existsSync } = require('node:fs')
const { cp } = require('node:fs/promises')
const { join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { promisify } = require('node:util')
const { createTestIssuer } = require('logto-authkit/testing')
const { WITHOUT_ADDON } = require('./support/without-addon')

const APP = join(__dirname, '../examples/next')
const NEXT = join(APP, 'node_modules/next/dist/bin/next')

async function run(command, ...args) {
  await promisify(execFile)(command, args, { cwd: APP, env: environment(), timeout: 240_000, killSignal: 'SIGKILL' })
}

function environment(changes) {
  return { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...changes }
}

/** `next start` on a free port, once it listens. */
async function startNext({ logtoUrl, audience }, changes) {
  const env = environment({ LOGTO_URL: logtoUrl, AUDIENCE: audience, ...changes })
  const child = spawn(process.execPath, [NEXT, 'start', '-H', '127.0.0.1', '-p', '0'], { cwd: APP, env })
  const stop = () => child.kill('SIGKILL')
  process.once('exit', stop)
  const app = { log: '', stop }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (app.log += text))
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', () => /Ready/.test(app.log) && resolve(/http:\/\/127\.0\.0\.1:\d+/.exec(app.log)[0]))
    child.once('exit', (code) => reject(new Error(`next start ended with ${code}: ${app.log}`)))
    setTimeout(() => reject(new Error(`next start is not ready: ${app.log}`)), 30_000).unref()
  }).catch((error) => {
    stop()
    throw error
  })
  app.get = (path, headers = {}) => fetch(url + path, { headers, signal: AbortSignal.timeout(10_000) })
  return app
}

describe('a Next.js app', { timeout: 600_000 }, () => {
  let issuer
  let app
  let bearer
  before(async () => {
    if (!existsSync(NEXT)) await run('npm', 'ci', '--no-audit', '--no-fund')
    // What npm copied may be of an older build.
    await cp(join(__dirname, '../js'), join(APP, 'node_modules/logto-authkit/js'), { recursive: true, force: true })
    await run(process.execPath, NEXT, 'build')
    issuer = await createTestIssuer()
    bearer = { authorization: `Bearer ${issuer.issueToken({ scope: 'read:things write:things' })}` }
    app = await startNext(issuer)
  })
  after(async () => {
    app?.stop()
    await issuer?.close()
  })

  test('lets a valid Bearer token into a route', async () => {
    const response = await app.get('/api/me', bearer)
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), { userId: 'user-1', scope: 'read:things write:things' })
  })

  test('lets a valid token in the cookie into a route', async () => {
    const response = await app.get('/api/me', { cookie: `logto_authtoken=${issuer.issueToken()}` })
    assert.equal(response.status, 200)
    assert.equal((await response.json()).userId, 'user-1')
  })

  test('answers 401 where no token came', async () => {
    const response = await app.get('/api/me')
    assert.equal(response.status, 401)
    assert.deepEqual(await response.json(), { error: 'No token found in cookies or Authorization header' })
  })

  test('answers 401 and says why where the token is bad', async () => {
    const late = issuer.issueToken({ expiresIn: -1 })
    const response = await app.get('/api/me', { authorization: `Bearer ${late}` })
    assert.equal(response.status, 401)
    assert.deepEqual(await response.json(), { error: 'Token verification failed: Token has expired' })
  })

  test('challenges a token that lacks the scope of withNextAuth, and lets one in that has it', async () => {
    const refused = await app.get('/api/admin', bearer)
    assert.equal(refused.status, 401)
    assert.match(refused.headers.get('www-authenticate'), /^Bearer error="insufficient_scope".* scope="admin:write"$/)
    assert.equal((await refused.json()).error, 'Authentication failed')

    const token = issuer.issueToken({ scope: 'read:things admin:write' })
    const accepted = await app.get('/api/admin', { authorization: `Bearer ${token}` })
    assert.equal(accepted.status, 200)
    assert.deepEqual(await accepted.json(), { message: 'Hello, admin user-1' })
  })

  test('gives a guest an id that it knows again by its cookie', async () => {
    const first = await app.get('/api/feed')
    assert.equal(first.status, 200)
    const guest = await first.json()
    const [cookie] = first.headers.getSetCookie()[0].split(';')
    assert.equal(cookie, `guest_logto_authtoken=${guest.guestId}`)

    const second = await app.get('/api/feed', { cookie })
    assert.deepEqual(await second.json(), guest)
    assert.deepEqual(second.headers.getSetCookie(), [])
  })

  test('has a proxy that keeps requests without a token from what it guards', async () => {
    for (const path of ['/private', '/private.rsc', '/%70rivate', '/private/no-such-page']) {
      const response = await app.get(path, { 'x-user-id': 'someone', 'x-middleware-subrequest': 'proxy:proxy:proxy' })
      assert.equal(response.status, 401, path)
      assert.deepEqual(await response.json(), { error: 'No token found in cookies or Authorization header' })
    }
  })

  test('has a proxy that tells a page whose token it was, whatever the client says', async () => {
    const response = await app.get('/private', { ...bearer, 'x-user-id': 'someone' })
    assert.equal(response.status, 200)
    const page = await response.text()
    assert.match(page, /Hello, .*user-1/)
    assert.doesNotMatch(page, /someone/)
  })

  test('answers 503 with Retry-After where the keys were never there to fetch', async () => {
    const gone = await createTestIssuer()
    await gone.close()
    const cold = await startNext(gone)
    try {
      const response = await cold.get('/api/admin', { authorization: `Bearer ${gone.issueToken()}` })
      assert.equal(response.status, 503)
      assert.ok(Number(response.headers.get('retry-after')) > 0)
      assert.equal((await response.json()).error, 'Authentication unavailable')
    } finally {
      cold.stop()
    }
  })

  test('answers 500 everywhere, and never lets a guest or an empty 200 through, where the addon does not load', async () => {
    const broken = await startNext(issuer, { NODE_OPTIONS: WITHOUT_ADDON })
    try {
      for (const path of ['/private', '/api/me', '/api/admin', '/api/feed']) {
        const response = await broken.get(path, bearer)
        assert.equal(response.status, 500, path)
        assert.doesNotMatch(await response.text(), /user-1|guestId/)
      }
      assert.match(broken.log, /The native addon of logto-authkit did not load/)
    } finally {
      broken.stop()
    }
  })
})
