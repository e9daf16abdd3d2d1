'use strict'

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')
const { setTimeout: sleep } = require('node:timers/promises')
const { clearJwksCache, createVerifier, invalidateJwksCache, isReady, verifyAuth } = require('logto-authkit')
const { rejection } = require('./support/rejection')
const { createKey, startTenant } = require('./support/tenant')
const { until } = require('./support/until')

/** A tenant for one test, so that the test has a URL and a cache entry of its own. */
const withTenant = async (t, options) => {
  const tenant = await startTenant(options)
  t.after(() => tenant.close())
  return tenant
}

const codeOf = async (promise) => (await rejection(promise)).code

describe('the keys of a tenant', () => {
  test('are fetched once for many callers, options objects and requests', async (t) => {
    const tenant = await withTenant(t)
    const token = await tenant.issue()
    const calls = Array.from({ length: 200 }, () => verifyAuth(token, { ...tenant.options }))
    await Promise.all(calls)
    await verifyAuth(token, tenant.options)
    assert.equal(tenant.fetches, 1)
  })

  test('are fetched again after the TTL', async (t) => {
    const tenant = await withTenant(t)
    const verifier = createVerifier({ ...tenant.options, jwksCacheTtlMs: 100 })
    const token = await tenant.issue()
    await verifier.verify(token)
    await sleep(150)
    await verifier.verify(token)
    assert.equal(tenant.fetches, 2)
  })

  test('are refreshed in the background past 90 % of the TTL, without a caller waiting', async (t) => {
    const tenant = await withTenant(t)
    const verifier = createVerifier({ ...tenant.options, jwksCacheTtlMs: 2_000 })
    const token = await tenant.issue()
    await verifier.verify(token)
    let refreshing = false
    tenant.answer = () => {
      refreshing = true
    }
    await sleep(1_850)
    await verifier.verify(token)
    await until(() => refreshing)
    await verifier.verify(token)
  })

  test('serve past the TTL while the endpoint is failing, then no more', async (t) => {
    const tenant = await withTenant(t)
    const verifier = createVerifier({ ...tenant.options, jwksCacheTtlMs: 100, jwksMaxStaleMs: 500 })
    const token = await tenant.issue()
    await verifier.verify(token)
    await tenant.goDown()
    await sleep(150)
    assert.equal((await verifier.verify(token)).userId, 'user-1')
    await sleep(600)
    assert.equal(await codeOf(verifier.verify(token)), 'jwks_unavailable')
  })

  test('do not serve past the TTL where jwksMaxStaleMs is 0', async (t) => {
    const tenant = await withTenant(t)
    const verifier = createVerifier({ ...tenant.options, jwksCacheTtlMs: 100, jwksMaxStaleMs: 0 })
    const token = await tenant.issue()
    await verifier.verify(token)
    await tenant.goDown()
    await sleep(150)
    assert.equal(await codeOf(verifier.verify(token)), 'jwks_unavailable')
  })

  test('do not serve past the TTL if the endpoint answers 404', async (t) => {
    const tenant = await withTenant(t)
    const verifier = createVerifier({ ...tenant.options, jwksCacheTtlMs: 100 })
    const token = await tenant.issue()
    await verifier.verify(token)
    tenant.answer = (_req, res) => res.writeHead(404).end()
    await sleep(150)
    assert.equal(await codeOf(verifier.verify(token)), 'jwks_unavailable')
  })

  test('are fetched again after a failure, but not at once', async (t) => {
    const tenant = await withTenant(t)
    const token = await tenant.issue()
    tenant.answer = (_req, res) => res.writeHead(500).end()
    assert.equal(await codeOf(verifyAuth(token, tenant.options)), 'jwks_unavailable')
    tenant.answer = undefined
    assert.equal(await codeOf(verifyAuth(token, tenant.options)), 'jwks_unavailable')
    assert.equal(tenant.fetches, 1, 'callers fail fast meanwhile')
    await sleep(1_250)
    assert.equal((await verifyAuth(token, tenant.options)).userId, 'user-1')
  })

  test('rotate without a restart: an unknown kid refreshes the keys, and a withdrawn key verifies no more', async (t) => {
    const tenant = await withTenant(t)
    const old = await tenant.issue()
    await verifyAuth(old, tenant.options)
    tenant.keys = [await createKey('ES384')]
    assert.equal((await verifyAuth(await tenant.issue(), tenant.options)).userId, 'user-1')
    assert.equal(tenant.fetches, 2)
    assert.equal(await codeOf(verifyAuth(old, tenant.options)), 'key_not_found')
  })

  test('are fetched once for a flood of unknown kids, while good tokens keep verifying', async (t) => {
    const tenant = await withTenant(t)
    const good = await tenant.issue()
    await verifyAuth(good, tenant.options)
    const codes = new Set()
    for (let i = 0; i < 300; i += 1) {
      codes.add(await codeOf(verifyAuth(await tenant.issue({ header: { kid: `k${i}` } }), tenant.options)))
    }
    assert.deepEqual([...codes], ['key_not_found'])
    assert.equal((await verifyAuth(good, tenant.options)).userId, 'user-1')
    assert.equal(tenant.fetches, 2)
  })

  test('are never fetched for a bad signature under a known kid', async (t) => {
    const tenant = await withTenant(t)
    await verifyAuth(await tenant.issue(), tenant.options)
    const forged = { header: { kid: tenant.keys[0].jwk.kid }, key: await createKey('ES384') }
    for (let i = 0; i < 20; i += 1) {
      assert.equal(await codeOf(verifyAuth(await tenant.issue(forged), tenant.options)), 'signature_invalid')
    }
    assert.equal(tenant.fetches, 1)
  })

  test('verify no tokens of another tenant, even under the same kid', async (t) => {
    const [one, two] = [await withTenant(t), await withTenant(t)]
    one.keys[0].jwk.kid = 'same'
    two.keys[0].jwk.kid = 'same'
    assert.equal((await verifyAuth(await one.issue(), one.options)).userId, 'user-1')
    assert.equal((await verifyAuth(await two.issue(), two.options)).userId, 'user-1')
    const claims = { iss: two.issuer }
    assert.equal(await codeOf(verifyAuth(await one.issue({ claims }), two.options)), 'signature_invalid')
  })

  test('are forgotten with invalidateJwksCache for one tenant, with clearJwksCache for all', async (t) => {
    const [one, two] = [await withTenant(t), await withTenant(t)]
    const verifyBoth = async () => {
      for (const tenant of [one, two]) await verifyAuth(await tenant.issue(), tenant.options)
      return [one.fetches, two.fetches]
    }
    assert.deepEqual(await verifyBoth(), [1, 1])
    invalidateJwksCache(`${one.logtoUrl}/oidc/`)
    assert.deepEqual(await verifyBoth(), [2, 1])
    clearJwksCache()
    assert.deepEqual(await verifyBoth(), [3, 2])
  })

  test('that are under way when they are invalidated answer the callers who wait, and no later ones', async (t) => {
    const tenant = await withTenant(t)
    const old = tenant.keys[0]
    let release
    tenant.answer = (_req, res) => {
      release = () => res.end(JSON.stringify({ keys: [old.jwk] }))
    }
    const token = await tenant.issue()
    const waiting = verifyAuth(token, tenant.options)
    await until(() => release)
    tenant.answer = undefined
    tenant.keys = [await createKey('ES384')]
    invalidateJwksCache(tenant.logtoUrl)
    release()
    assert.equal((await waiting).userId, 'user-1', 'who asked before is answered')
    assert.equal(await codeOf(verifyAuth(token, tenant.options)), 'key_not_found')
  })

  test('are fetched anew for each call with skipJwksCache, which leaves the cache as it is', async (t) => {
    const tenant = await withTenant(t)
    const token = await tenant.issue()
    const skipping = { ...tenant.options, skipJwksCache: true }
    await verifyAuth(token, skipping)
    await verifyAuth(token, skipping)
    assert.equal(tenant.fetches, 2)
    await verifyAuth(token, tenant.options)
    tenant.keys = []
    assert.equal(await codeOf(verifyAuth(token, skipping)), 'jwks_unavailable')
    assert.equal((await verifyAuth(token, tenant.options)).userId, 'user-1')
  })

  test('that are broken or foreign are skipped, and the others stay', async (t) => {
    const tenant = await withTenant(t)
    const good = tenant.keys[0]
    const entry = (jwk) => ({ jwk })
    tenant.keys = [
      entry(null),
      entry(5),
      entry({}),
      entry({ kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' }),
      entry({ ...good.jwk, kid: 7 }),
      entry({ ...good.jwk, kid: 'off-curve', x: good.jwk.y }),
      good,
    ]
    assert.equal((await verifyAuth(await tenant.issue({ key: good }), tenant.options)).userId, 'user-1')
  })
})

describe('invalidateJwksCache', () => {
  /** What names a tenant whose keys are at the default URL. */
  const TARGETS = {
    'the endpoint': ({ logtoUrl }) => logtoUrl,
    'the endpoint with a slash after': ({ logtoUrl }) => `${logtoUrl}/`,
    'the issuer': ({ issuer }) => issuer,
    'the issuer with a slash after': ({ issuer }) => `${issuer}/`,
    'the URL of the keys': ({ issuer }) => `${issuer}/jwks`,
    'the options': ({ options }) => options,
    'an object with the endpoint': ({ logtoUrl }) => ({ logtoUrl }),
    'an object with the URL of the keys': ({ issuer }) => ({ jwksUri: `${issuer}/jwks` }),
  }
  for (const [name, targetOf] of Object.entries(TARGETS)) {
    test(`forgets the keys of a tenant by ${name}, and says that it was one set`, async (t) => {
      const [tenant, other] = [await withTenant(t), await withTenant(t)]
      for (const { options } of [tenant, other]) await createVerifier(options).prefetch()
      assert.equal(invalidateJwksCache(targetOf(tenant)), 1)
      assert.equal(invalidateJwksCache(targetOf(tenant)), 0)
      for (const { options } of [tenant, other]) await createVerifier(options).prefetch()
      assert.deepEqual([tenant.fetches, other.fetches], [2, 1])
    })
  }

  for (const path of ['/keys', '/keys/jwks', '/keys?tenant=1', '/', '/oidc/']) {
    test(`forgets the keys at a jwksUri with the path ${path}`, async (t) => {
      const tenant = await withTenant(t)
      const jwksUri = tenant.logtoUrl + path
      const options = { logtoUrl: 'https://public.example', audience: tenant.audience, jwksUri }
      for (const target of [jwksUri, options, { jwksUri }]) {
        await createVerifier(options).prefetch()
        assert.equal(invalidateJwksCache(target), 1)
      }
      assert.equal(invalidateJwksCache('https://public.example'), 0)
      assert.equal(tenant.fetches, 3)
    })
  }

  test('counts both where an endpoint is itself the URL of keys', async (t) => {
    const tenant = await withTenant(t)
    await createVerifier(tenant.options).prefetch()
    await createVerifier({ ...tenant.options, jwksUri: tenant.logtoUrl }).prefetch()
    assert.equal(invalidateJwksCache(tenant.logtoUrl), 2)
  })

  test('refuses what names no tenant', () => {
    const WRONG = [
      undefined,
      null,
      '',
      'tenant.example',
      5,
      {},
      { audience: 'a' },
      { logtoURL: 'https://a.example' },
      [],
      ['https://a.example', ''],
    ]
    for (const target of WRONG) assert.throws(() => invalidateJwksCache(target), { code: 'options_invalid' })
  })
})

describe('isReady', () => {
  test('is false before the first fetch, which it starts, and true after it', async (t) => {
    const tenant = await withTenant(t)
    assert.equal(isReady(tenant.options), false)
    await until(() => isReady(tenant.options))
    assert.equal(tenant.fetches, 1)
    assert.equal((await verifyAuth(await tenant.issue(), tenant.options)).userId, 'user-1')
    assert.equal(tenant.fetches, 1)
  })

  test('looks at the keys of its tenant alone, and without options at all', async (t) => {
    const [up, down] = [await withTenant(t), await withTenant(t)]
    clearJwksCache()
    assert.equal(isReady(), false, 'nothing fetched yet is not ready')
    await createVerifier(up.options).prefetch()
    assert.equal(isReady(), true)
    down.answer = (_req, res) => res.writeHead(503).end()
    await rejection(createVerifier(down.options).prefetch())
    assert.deepEqual([isReady(up.options), isReady(down.options), isReady()], [true, false, false])
    assert.equal(isReady({ ...down.options, jwksUri: `${up.issuer}/jwks` }), true)
  })

  test('is true for keys that have expired while nobody asked, and fetches them anew', async (t) => {
    const tenant = await withTenant(t)
    const options = { ...tenant.options, jwksCacheTtlMs: 50, jwksMaxStaleMs: 0 }
    await createVerifier(options).prefetch()
    await sleep(100)
    assert.equal(isReady(options), true)
    await until(() => tenant.fetches >= 2)
  })

  test('is true through an outage for as long as keys serve, and no longer', async (t) => {
    const tenant = await withTenant(t)
    const options = { ...tenant.options, jwksCacheTtlMs: 100, jwksMaxStaleMs: 500 }
    const verifier = createVerifier(options)
    await verifier.prefetch()
    await tenant.goDown()
    await sleep(150)
    await verifier.verify(await tenant.issue())
    assert.equal(isReady(options), true)
    await sleep(600)
    assert.equal(isReady(options), false)
  })

  test('is false where the keys have expired and the endpoint says no', async (t) => {
    const tenant = await withTenant(t)
    const options = { ...tenant.options, jwksCacheTtlMs: 100 }
    const verifier = createVerifier(options)
    await verifier.prefetch()
    tenant.answer = (_req, res) => res.writeHead(404).end()
    await sleep(150)
    await rejection(verifier.verify(await tenant.issue()))
    assert.equal(isReady(options), false)
  })

  test('starts no fetch within a back-off, and leaves no rejection unhandled', async (t) => {
    const tenant = await withTenant(t)
    tenant.answer = (_req, res) => res.writeHead(503).end()
    for (let probe = 0; probe < 20; probe += 1) {
      assert.equal(isReady(tenant.options), false)
      await sleep(10)
    }
    assert.equal(tenant.fetches, 1)
  })

  test('is true with skipJwksCache, where each call fetches for itself', async (t) => {
    const tenant = await withTenant(t)
    assert.equal(isReady({ ...tenant.options, skipJwksCache: true }), true)
    assert.equal(tenant.fetches, 0)
  })

  test('refuses wrong options', () => {
    for (const options of [null, 'https://a.example', {}, { logtoUrl: 'https://a.example' }]) {
      assert.throws(() => isReady(options), { code: 'options_invalid' })
    }
  })
})
