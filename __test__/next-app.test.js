'use strict'

const assert = require('node:assert/strict')
const { createHmac } = require('node:crypto')
const { mkdtemp, realpath, rm } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join, relative } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { build, createApp, startNext, startStandalone } = require('./support/next-app')
const {
  EDGE_ROUTE,
  NODE_PLACES,
  ORGANIZATION_ROUTES,
  answersOf,
  expectedAnswers,
  expectedOrganizationAnswers,
  organizationAnswersOf,
  userOf,
} = require('./support/next-places')
const { compileSamples } = require('./support/samples')
const { packEverything } = require('./support/tarballs')
const { startTenant } = require('./support/tenant')
const { WITHOUT_ADDON } = require('./support/without-addon')

const signatureOf = (body, key) => ({
  'logto-signature-sha-256': createHmac('sha256', key).update(body).digest('hex'),
})

const PORTABLE = /verifies with its portable engine/

const STANDALONE = {
  'next.config.ts': (text) => text.replace('NextConfig = {', "NextConfig = { output: 'standalone',"),
}

describe('examples/next', { timeout: 900_000 }, () => {
  let folder
  let path
  let tenant
  let app
  let bearer
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'logto-authkit-')))
    const tarballs = await packEverything(folder)
    path = await createApp(folder, {
      tarballs,
      version: 16,
      changes: { ...EDGE_ROUTE, ...ORGANIZATION_ROUTES, ...STANDALONE },
    })
    await build(path, 16, 'turbopack')
    tenant = await startTenant()
    bearer = { authorization: `Bearer ${await tenant.issue()}` }
    app = await startNext(path, tenant)
  })
  after(async () => {
    await app?.stop()
    await tenant?.close()
    await rm(folder, { recursive: true })
  })

  test('compiles for strict users, as the page has it', () =>
    compileSamples('next', join(path, '.samples'), {
      at: (file) => join(path, relative('examples/next', file)),
      options: { module: 'esnext', moduleResolution: 'bundler', jsx: 'react-jsx', lib: ['es2023', 'dom'] },
      files: ['../next-env.d.ts'],
    }))

  test('verifies everywhere under next start', async () => {
    assert.deepEqual(await answersOf(app, tenant), expectedAnswers(), app.log)
    assert.doesNotMatch(app.log, PORTABLE)
  })

  test('asks everywhere for the organization that the path names', async () => {
    assert.deepEqual(await organizationAnswersOf(app, tenant), expectedOrganizationAnswers(), app.log)
  })

  test('refuses everywhere what a webhook has ended, although each bundle loads the list anew', async () => {
    const signingKey = 'a signing key'
    const own = await startNext(path, tenant, { LOGTO_WEBHOOK_KEY: signingKey })
    try {
      const headers = { authorization: `Bearer ${await tenant.issue({ claims: { sub: 'user-7' } })}` }
      assert.deepEqual(
        await userOf(own, headers),
        Object.fromEntries(NODE_PLACES.map((place) => [place, '200 user-7'])),
      )
      const body = JSON.stringify({
        event: 'User.Deleted',
        createdAt: new Date().toISOString(),
        data: { id: 'user-7' },
      })
      const deliver = (key) => own.fetch('/logto/webhook', { method: 'POST', body, headers: signatureOf(body, key) })
      assert.equal((await deliver('another key')).status, 401)
      assert.equal((await userOf(own, headers))['/api/me'], '200 user-7')
      assert.equal((await deliver(signingKey)).status, 204)
      assert.deepEqual(await userOf(own, headers), {
        '/api/me': '401 nobody',
        '/api/profile': '401 nobody',
        '/private': '401 nobody',
        '/account': '200 nobody',
      })
    } finally {
      await own.stop()
    }
  })

  test('verifies everywhere from standalone output, away from node_modules', async () => {
    const standalone = await startStandalone(path, folder, tenant)
    try {
      assert.deepEqual(await answersOf(standalone, tenant), expectedAnswers(), standalone.log)
      assert.doesNotMatch(standalone.log, PORTABLE, 'the addon is among the files that Next.js traced')
    } finally {
      await standalone.stop()
    }
  })

  test('lets a valid Bearer token into a route', async () => {
    const response = await app.get('/api/me', bearer)
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), { userId: 'user-1', scope: 'read:things write:things' })
  })

  test('answers 401 to a request without a token', async () => {
    const response = await app.get('/api/me')
    assert.equal(response.status, 401)
    assert.deepEqual(await response.json(), {
      error: 'No token found in cookies or Authorization header',
      code: 'token_missing',
    })
  })

  test('answers 401 to a bad token, and says why', async () => {
    const late = await tenant.issue({ claims: { exp: Math.floor(Date.now() / 1000) - 1 } })
    const response = await app.get('/api/me', { authorization: `Bearer ${late}` })
    assert.equal(response.status, 401)
    assert.deepEqual(await response.json(), {
      error: 'Token verification failed: Token has expired',
      code: 'token_expired',
    })
  })

  test('challenges a token without the scope of withNextAuth, and lets a token with the scope in', async () => {
    const refused = await app.get('/api/admin', bearer)
    assert.equal(refused.status, 403)
    assert.match(refused.headers.get('www-authenticate'), /^Bearer error="insufficient_scope".* scope="admin:write"$/)
    assert.equal((await refused.json()).error, 'Access denied')

    const token = await tenant.issue({ claims: { scope: 'read:things admin:write' } })
    const accepted = await app.get('/api/admin', { authorization: `Bearer ${token}` })
    assert.equal(accepted.status, 200)
    assert.deepEqual(await accepted.json(), { message: 'Hello, admin user-1' })
  })

  test('gives a guest an id, and recognises the guest by the cookie', async () => {
    const first = await app.get('/api/feed')
    assert.equal(first.status, 200)
    const guest = await first.json()
    const [cookie] = first.headers.getSetCookie()[0].split(';')
    assert.equal(cookie, `guest_logto_authtoken=${guest.guestId}`)

    const second = await app.get('/api/feed', { cookie })
    assert.deepEqual(await second.json(), guest)
    assert.deepEqual(second.headers.getSetCookie(), [])
  })

  test('has a route that says when it is ready, and a guest whose cookie is Secure behind a proxy that ends TLS', async () => {
    assert.equal((await app.get('/readyz')).status, 200)
    const { headers } = await app.get('/api/feed', { 'x-forwarded-proto': 'https' })
    assert.match(headers.getSetCookie().join(), /^guest_logto_authtoken=.* Secure/)
  })

  test('has a proxy that keeps requests without a token from the pages it guards', async () => {
    for (const page of ['/private', '/private.rsc', '/%70rivate', '/private/no-such-page']) {
      const response = await app.get(page, { 'x-user-id': 'someone', 'x-middleware-subrequest': 'proxy:proxy:proxy' })
      assert.equal(response.status, 401, page)
      assert.deepEqual(await response.json(), {
        error: 'No token found in cookies or Authorization header',
        code: 'token_missing',
      })
    }
  })

  test('has a proxy that tells a page whose token it was, whatever the client says', async () => {
    const response = await app.get('/private', { ...bearer, 'x-user-id': 'someone' })
    assert.equal(response.status, 200)
    const page = await response.text()
    assert.match(page, /Hello, .*user-1/)
    assert.doesNotMatch(page, /someone/)
  })

  test('answers 503 with Retry-After if the keys could never be fetched', async () => {
    const gone = await startTenant()
    await gone.close()
    const cold = await startNext(path, gone)
    try {
      assert.equal((await cold.get('/readyz')).status, 503)
      const error = 'Token verification failed: Unable to fetch signing keys (JWKS)'
      for (const [path, expected] of Object.entries({
        '/api/admin': 'Authentication unavailable',
        '/api/me': error,
        '/private': error,
        '/api/profile': error,
      })) {
        const response = await cold.get(path, { authorization: `Bearer ${await gone.issue()}` })
        assert.equal(response.status, 503, path)
        assert.ok(Number(response.headers.get('retry-after')) > 0, path)
        assert.equal((await response.json()).error, expected, path)
      }
    } finally {
      await cold.stop()
    }
  })

  test('verifies everywhere if the addon does not load, and says so', async () => {
    const portable = await startNext(path, tenant, { NODE_OPTIONS: WITHOUT_ADDON })
    try {
      assert.deepEqual(await answersOf(portable, tenant), expectedAnswers(), portable.log)
      assert.match(portable.log, PORTABLE)
    } finally {
      await portable.stop()
    }
  })
})
