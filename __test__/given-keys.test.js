'use strict'

// Keys that options bring along: `jwks`, in place of all fetching, and `initialJwks`, ahead of the first fetch.

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')
const { setTimeout: sleep } = require('node:timers/promises')
const {
  clearJwksCache,
  createVerifier,
  exportJwks,
  getEngine,
  getJwksStatus,
  invalidateJwksCache,
  isReady,
  verifyAuth,
  verifyLogoutToken,
} = require('logto-authkit')
const { runNode } = require('./support/child')
const { rejection } = require('./support/rejection')
const { createKey, startTenant } = require('./support/tenant')
const { until } = require('./support/until')

/** A tenant for one test. Its key set has a URL that nobody has invalidated, so that keys of any age may seed it. */
const withTenant = async (t) => {
  const tenant = await startTenant()
  t.after(() => tenant.close())
  const jwksUri = `${tenant.logtoUrl}/oidc/jwks?${crypto.randomUUID()}`
  return Object.assign(tenant, { jwksUri, options: { ...tenant.options, jwksUri } })
}

const isEdge = process.execArgv.includes('--conditions=edge-light')

/** The ways to forget the keys of an app's options. */
const FORGETTING = [
  ['an invalidation', ({ jwksUri }) => invalidateJwksCache(jwksUri)],
  [
    'an invalidation, and those of a thousand others,',
    ({ jwksUri }) => {
      invalidateJwksCache(jwksUri)
      invalidateJwksCache(Array.from({ length: 1_000 }, (_, index) => `https://${index}.example/jwks`))
    },
  ],
  ['all keys were cleared', () => clearJwksCache()],
]

/** The engine that is in use when keys are forgotten, and the others that take keys after it. */
const ENGINES =
  !isEdge && getEngine() === 'native'
    ? [
        ['native', 'portable'],
        ['portable', 'native'],
      ]
    : [['portable']]

const jwksOf = (...keys) => ({ keys: keys.map(({ jwk }) => jwk) })

const codeOf = async (promise) => (await rejection(promise)).code

describe('with keys that are given', () => {
  const withFixedKeys = async (t) => {
    const tenant = await withTenant(t)
    const { jwksUri, ...options } = tenant.options
    return { tenant, options: { ...options, jwks: jwksOf(...tenant.keys) } }
  }

  test('tokens are verified and nothing is fetched', async (t) => {
    const { tenant, options } = await withFixedKeys(t)
    const verifier = createVerifier(options)
    await verifier.prefetch()
    assert.equal((await verifier.verify(await tenant.issue())).userId, 'user-1')
    assert.equal((await verifyAuth(await tenant.issue(), options)).userId, 'user-1')
    assert.equal(tenant.fetches, 0)
  })

  test('a token with another key is refused and nothing is fetched', async (t) => {
    const { tenant, options } = await withFixedKeys(t)
    const key = await createKey('ES384')
    tenant.keys.push(key)
    assert.equal(await codeOf(verifyAuth(await tenant.issue({ key }), options)), 'key_not_found')
    const forged = { ...key, jwk: tenant.keys[0].jwk }
    assert.equal(await codeOf(verifyAuth(await tenant.issue({ key: forged }), options)), 'signature_invalid')
    assert.equal(tenant.fetches, 0)
  })

  test('each verifier has its own, also for a token that the other has accepted', async (t) => {
    const { tenant, options } = await withFixedKeys(t)
    const token = await tenant.issue()
    const other = createVerifier({ ...options, jwks: jwksOf(await createKey('ES384')) })
    await createVerifier(options).verify(token)
    assert.equal(await codeOf(other.verify(token)), 'key_not_found')
  })

  test('keys that are fetched from the same tenant stay apart from them', async (t) => {
    const { tenant, options } = await withFixedKeys(t)
    const token = await tenant.issue()
    const { jwks, ...fetching } = options
    await verifyAuth(token, fetching)
    const other = { ...options, jwks: jwksOf(await createKey('ES384')) }
    assert.equal(await codeOf(verifyAuth(token, other)), 'key_not_found')
  })

  test('a set is read once, and another object is another set', async (t) => {
    const { tenant, options } = await withFixedKeys(t)
    const [first] = tenant.keys
    const verifier = createVerifier(options)
    await verifyAuth(await tenant.issue(), options)
    options.jwks.keys.length = 0
    await verifier.verify(await tenant.issue())
    const key = await createKey('ES384')
    options.jwks = jwksOf(key)
    assert.equal((await verifyAuth(await tenant.issue({ key }), options)).userId, 'user-1')
    assert.equal(await codeOf(verifyAuth(await tenant.issue({ key: first }), options)), 'key_not_found')
  })

  test('a probe says ready, and the status of fetched keys names none', async (t) => {
    const { tenant, options } = await withFixedKeys(t)
    assert.equal(isReady(options), true)
    await verifyAuth(await tenant.issue(), options)
    assert.equal(
      getJwksStatus().some(({ jwksUri }) => jwksUri.startsWith(tenant.logtoUrl)),
      false,
    )
    assert.equal(exportJwks(options), null)
  })

  test('logout tokens are verified, too', async (t) => {
    const { tenant, options } = await withFixedKeys(t)
    const { logtoUrl, jwks } = options
    const token = await tenant.issue({
      header: { typ: 'logout+jwt' },
      claims: { aud: 'app-1', events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
    })
    assert.equal((await verifyLogoutToken(token, { logtoUrl, jwks, clientId: 'app-1' })).sub, 'user-1')
    assert.equal(tenant.fetches, 0)
  })
})

describe('with keys that another process has fetched', () => {
  /** What that process exported, some time ago. */
  const seedOf = (tenant, ageMs = 0) => ({ ...jwksOf(...tenant.keys), fetchedAt: Date.now() - ageMs })

  test('the first token waits for no fetch, in a new process whose tenant is down', async (t) => {
    const tenant = await withTenant(t)
    await createVerifier(tenant.options).prefetch()
    const exported = JSON.stringify(exportJwks({ jwksUri: tenant.jwksUri }))
    await tenant.goDown()
    const script = `
      const { OPTIONS, JWKS, TOKEN } = process.env
      const options = { ...JSON.parse(OPTIONS), initialJwks: JSON.parse(JWKS) }
      require('logto-authkit').verifyAuth(TOKEN, options).then(({ userId }) => console.log(userId))`
    const env = { OPTIONS: JSON.stringify(tenant.options), JWKS: exported, TOKEN: await tenant.issue() }
    const { stdout } = await runNode([...process.execArgv, '-e', script], { env: { ...process.env, ...env } })
    assert.equal(stdout, 'user-1\n')
  })

  for (const [name, ageMs, isUp, outcome, fetches] of [
    ['fresh keys serve', 250_000, false, 'user-1', 0],
    ['keys past their time are fetched first', 301_000, true, 'user-1', 1],
    ['keys past their time serve while the endpoint is failing', 301_000, false, 'user-1', 0],
    ['keys past that, too, serve no more', 901_000, false, 'jwks_unavailable', 0],
    ['keys from the future serve as those of now', -86_400_000, false, 'user-1', 0],
  ]) {
    test(`they are as old as they were there: ${name}`, async (t) => {
      const tenant = await withTenant(t)
      if (!isUp) await tenant.goDown()
      const verifier = createVerifier({ ...tenant.options, initialJwks: seedOf(tenant, ageMs) })
      const judged = verifier.verify(await tenant.issue())
      assert.equal(await judged.then(({ userId }) => userId).catch(({ code }) => code), outcome)
      assert.equal(tenant.fetches, fetches)
    })
  }

  test('those from the future live no longer than any', async (t) => {
    const tenant = await withTenant(t)
    const initialJwks = seedOf(tenant, -86_400_000)
    const verifier = createVerifier({ ...tenant.options, initialJwks, jwksCacheTtlMs: 100, jwksMaxStaleMs: 0 })
    await tenant.goDown()
    await sleep(150)
    assert.equal(await codeOf(verifier.verify(await tenant.issue())), 'jwks_unavailable')
  })

  test('keys that are due are refreshed in the background', async (t) => {
    const tenant = await withTenant(t)
    const verifier = createVerifier({ ...tenant.options, initialJwks: seedOf(tenant, 299_000) })
    await verifier.verify(await tenant.issue())
    await until(() => tenant.fetches === 1)
  })

  test('a token with a key that is not among them causes a fetch', async (t) => {
    const tenant = await withTenant(t)
    const verifier = createVerifier({ ...tenant.options, initialJwks: seedOf(tenant) })
    const key = await createKey('ES384')
    tenant.keys.push(key)
    assert.equal((await verifier.verify(await tenant.issue({ key }))).userId, 'user-1')
    assert.equal(tenant.fetches, 1)
  })

  test('they do not replace keys that are here', async (t) => {
    const tenant = await withTenant(t)
    await verifyAuth(await tenant.issue(), tenant.options)
    const stranger = await createKey('ES384')
    const initialJwks = { ...jwksOf(stranger), fetchedAt: Date.now() + 1_000 }
    const verifier = createVerifier({ ...tenant.options, initialJwks })
    assert.equal((await verifier.verify(await tenant.issue())).userId, 'user-1')
    assert.equal(tenant.fetches, 1)
  })

  test('they do not come back after they were forgotten', async (t) => {
    const tenant = await withTenant(t)
    const initialJwks = seedOf(tenant, 1_000)
    const options = { ...tenant.options, initialJwks }
    await tenant.goDown()
    assert.equal(isReady(options), true)
    invalidateJwksCache(tenant.jwksUri)
    assert.equal(await codeOf(createVerifier({ ...options }).prefetch()), 'jwks_unavailable')
  })

  test('nor do those from the future, once they were invalidated', async (t) => {
    const tenant = await withTenant(t)
    const options = { ...tenant.options, initialJwks: seedOf(tenant, -86_400_000) }
    await tenant.goDown()
    assert.equal(isReady(options), true)
    invalidateJwksCache(tenant.jwksUri)
    assert.equal(await codeOf(createVerifier({ ...options }).prefetch()), 'jwks_unavailable')
  })

  test('keys by a clock that is ahead are not taken after an invalidation', async (t) => {
    const tenant = await withTenant(t)
    await tenant.goDown()
    invalidateJwksCache(tenant.jwksUri)
    const verifier = createVerifier({ ...tenant.options, initialJwks: seedOf(tenant, -60_000) })
    assert.equal(await codeOf(verifier.prefetch()), 'jwks_unavailable')
  })

  // In processes of their own: what is forgotten there counts for every URL.
  for (const [name, forget] of FORGETTING) {
    for (const engines of ENGINES) {
      test(`keys fetched before ${name} are not taken after it, by ${engines.join(' or ')}`, async (t) => {
        const tenant = await withTenant(t)
        const given = JSON.stringify([engines, tenant.options, seedOf(tenant, 1_000)])
        const script = `
          const { clearJwksCache, createVerifier, invalidateJwksCache } = require('logto-authkit')
          const [engines, options, initialJwks] = ${given}
          const codeOf = (engine) => createVerifier({ ...options, engine, initialJwks }).prefetch().catch(({ code }) => code)
          createVerifier({ ...options, engine: engines[0] })
          ;(${forget})(options)
          Promise.all(engines.map(codeOf)).then((codes) => console.log(codes.join()))`
        await tenant.goDown()
        const { stdout } = await runNode([...process.execArgv, '-e', script], { env: process.env })
        assert.equal(stdout, `${engines.map(() => 'jwks_unavailable').join()}\n`)
      })
    }
  }

  test('null, as it is exported where there are none, brings none', async (t) => {
    const tenant = await withTenant(t)
    const verifier = createVerifier({ ...tenant.options, initialJwks: null })
    await verifier.verify(await tenant.issue())
    assert.equal(tenant.fetches, 1)
  })
})

describe('exported keys', () => {
  test('are null before the first fetch', async (t) => {
    const tenant = await withTenant(t)
    assert.equal(exportJwks(tenant.jwksUri), null)
  })

  test('are those that can verify, as they were published, and name the time of their fetch', async (t) => {
    const tenant = await withTenant(t)
    tenant.keys[0].jwk['x-extra'] = { a: [1] }
    const secret = { jwk: { kty: 'oct', k: 'c2VjcmV0', kid: 'secret' } }
    const leaked = { jwk: { ...(await createKey('ES384')).jwk, d: 'AAAA', kid: 'leaked' } }
    tenant.keys.push(secret, leaked)
    const before = Date.now()
    await createVerifier(tenant.options).prefetch()
    const after = Date.now()
    const { fetchedAt, ...jwks } = exportJwks(tenant.jwksUri)
    assert.deepEqual(jwks, jwksOf(tenant.keys[0]))
    assert.ok(Number.isInteger(fetchedAt) && fetchedAt >= before - 2 && fetchedAt <= after, `${before} ${fetchedAt}`)
  })

  test('belong to the caller', async (t) => {
    const tenant = await withTenant(t)
    await createVerifier(tenant.options).prefetch()
    exportJwks(tenant.jwksUri).keys[0].kid = 'changed'
    assert.deepEqual(exportJwks(tenant.jwksUri).keys, jwksOf(...tenant.keys).keys)
  })

  test('are those of an endpoint, of a key set URL, or of options', async (t) => {
    const tenant = await startTenant()
    t.after(() => tenant.close())
    await verifyAuth(await tenant.issue(), tenant.options)
    const { logtoUrl } = tenant
    for (const target of [logtoUrl, `${logtoUrl}/oidc/jwks`, { logtoUrl }, tenant.options]) {
      assert.equal(exportJwks(target)?.keys.length, 1, JSON.stringify(target))
    }
  })

  test('are of one tenant', () => {
    const urls = ['https://one.example', 'https://two.example']
    for (const target of [urls, { logtoUrl: urls }]) {
      assert.throws(() => exportJwks(target), {
        code: 'options_invalid',
        message: 'Invalid option target: one tenant at a time',
      })
    }
  })
})
