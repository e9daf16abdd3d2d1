'use strict'

// A token that a thread has seen before, which it recalls by itself: what its payload is, and what ends it at the very next call.

const assert = require('node:assert/strict')
const { describe, mock, test } = require('node:test')
const { join } = require('node:path')
const { Worker } = require('node:worker_threads')
const jose = require('jose')
const { createVerifier, getJwksStatus, invalidateJwksCache } = require('logto-authkit')
const { binding } = require('../js/engines/native/binding')
const { rejection } = require('./support/rejection')
const { createKey, startTenant } = require('./support/tenant')
const { until } = require('./support/until')

const ENGINES = ['native', 'portable']

const codeOf = async (promise) => (await rejection(promise)).code

async function withTenant(t) {
  const tenant = await startTenant()
  t.after(() => tenant.close())
  return tenant
}

/** A token whose payload is this text. */
function issueText(tenant, json) {
  const [{ alg, jwk, privateKey }] = tenant.keys
  const sign = new jose.CompactSign(new TextEncoder().encode(json))
  return sign.setProtectedHeader({ alg, typ: 'at+jwt', kid: jwk.kid }).sign(privateKey)
}

/** A verifier that has seen a token twice, so that it recalls the token. */
async function withRecalled(options, token) {
  const verifier = createVerifier(options)
  for (let n = 0; n < 3; n += 1) await verifier.verify(token)
  return verifier
}

/** The calls of a function of the addon during `act`. */
async function callsOf(name, act) {
  const method = mock.method(binding(), name)
  try {
    await act()
    return method.mock.callCount()
  } finally {
    method.mock.restore()
  }
}

/** The package once more, with modules of its own, as a second bundle of an app has them. */
function anotherCopy() {
  const own = join(__dirname, '../js')
  const kept = Object.entries(require.cache).filter(([path]) => path.startsWith(own))
  for (const [path] of kept) delete require.cache[path]
  try {
    return require('logto-authkit')
  } finally {
    for (const [path, module] of kept) require.cache[path] = module
  }
}

describe('the payload of a recalled token', () => {
  const PAYLOADS = {
    flat: '"scope":"a b","yes":true,"none":null',
    nested: '"list":[1,[2]],"object":{"a":{"b":[]}}',
    'a member named __proto__': '"__proto__":{"admin":true}',
    'a flat member named __proto__': '"__proto__":"admin"',
    'members named like those of every object': '"constructor":"a","toString":"b","hasOwnProperty":"c"',
    'numbers at the bounds of a double': '"a":9007199254740993,"b":-0,"c":5e-324,"d":1.7976931348623157e308,"e":1e2',
    'members that are indices': '"2":"b","1":"a","01":"c"',
    'text beyond ASCII': '"name":"Žofie 🦊 \\u0000\\"\\u2028"',
    spaces: ' "a" : 1 ',
  }
  for (const engine of ENGINES) {
    for (const [name, members] of Object.entries(PAYLOADS)) {
      test(`is what JSON.parse gives of it: ${name} (${engine})`, async (t) => {
        const tenant = await withTenant(t)
        const json = `{${JSON.stringify(tenant.claims()).slice(1, -1)},${members}}`
        const token = await issueText(tenant, json.replace(/"scope":"read[^,]*,/, ''))
        const expected = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
        const verifier = await withRecalled({ ...tenant.options, engine }, token)
        const { payload } = await verifier.verify(token)
        assert.deepEqual(payload, expected)
        assert.equal(JSON.stringify(payload), JSON.stringify(expected), 'in the same order')
        assert.deepEqual(Object.getOwnPropertyDescriptors(payload), Object.getOwnPropertyDescriptors(expected))
        assert.equal(Object.getPrototypeOf(payload), Object.prototype)
        assert.ok(Object.is(payload.b, expected.b))
      })
    }

    test(`is what JSON.parse gives of it, though another has 0 where it has -0 (${engine})`, async (t) => {
      const tenant = await withTenant(t)
      for (const zero of ['0', '-0']) {
        const token = await issueText(tenant, `${JSON.stringify(tenant.claims()).slice(0, -1)},"b":${zero}}`)
        const { payload } = await (await withRecalled({ ...tenant.options, engine }, token)).verify(token)
        assert.ok(Object.is(payload.b, Number(zero)), zero)
      }
    })

    test(`is each caller's own, whatever another does with it (${engine})`, async (t) => {
      const tenant = await withTenant(t)
      for (const claims of [{ a: 1 }, { list: [1], object: { a: 1 } }]) {
        const token = await tenant.issue({ claims })
        const verifier = createVerifier({ ...tenant.options, engine })
        const payloads = []
        for (let n = 0; n < 5; n += 1) {
          const { payload } = await verifier.verify(token)
          payloads.push(payload)
          assert.deepEqual(payload, tenant.claims({ ...claims, iat: payload.iat, exp: payload.exp }))
          payload.sub = 'another'
          payload.list?.push(2)
          if (payload.object) payload.object.a = 2
          delete payload.aud
          Object.freeze(payload)
        }
        assert.equal(new Set(payloads).size, payloads.length)
      }
    })
  }
})

describe('a recalled token', () => {
  for (const engine of ENGINES) {
    test(`is refused at the first call after its key was withdrawn and its tenant invalidated (${engine})`, async (t) => {
      const tenant = await withTenant(t)
      const token = await tenant.issue()
      const verifier = await withRecalled({ ...tenant.options, engine }, token)
      tenant.keys = [await createKey('ES384')]
      assert.equal(invalidateJwksCache(tenant.logtoUrl), 1)
      assert.throws(() => verifier.verifySync(token), { code: 'jwks_unavailable' }, 'its key is gone')
      assert.equal(await codeOf(verifier.verify(token)), 'key_not_found')
    })

    test(`is refused at the first call after a fetch for another token brought keys without its own (${engine})`, async (t) => {
      const tenant = await withTenant(t)
      const token = await tenant.issue()
      const verifier = await withRecalled({ ...tenant.options, engine }, token)
      tenant.keys = [await createKey('ES384')]
      await verifier.verify(await tenant.issue())
      assert.throws(() => verifier.verifySync(token), { code: 'key_not_found' })
    })

    test(`is refused at the first call after a refresh in the background brought keys without its own (${engine})`, async (t) => {
      const tenant = await withTenant(t)
      const token = await tenant.issue()
      const verifier = await withRecalled({ ...tenant.options, engine, jwksCacheTtlMs: 1_500 }, token)
      const { fetches } = tenant
      tenant.keys = [await createKey('ES384')]
      const ageOf = () => getJwksStatus().find((status) => status.jwksUri.startsWith(tenant.logtoUrl))
      // Until the keys are due, each call is a yes; one of them starts the refresh.
      await until(() => {
        if (tenant.fetches === fetches) verifier.verifySync(token)
        return tenant.fetches > fetches && !ageOf().isFetching
      })
      // A key that no answer had may be in the next.
      assert.throws(() => verifier.verifySync(token), { code: 'jwks_unavailable' })
      assert.equal(await codeOf(verifier.verify(token)), 'key_not_found')
    })

    test(`has the audiences that it had, whatever a caller makes of its payload (${engine})`, async (t) => {
      const tenant = await withTenant(t)
      const token = await tenant.issue({ claims: { aud: [tenant.audience, 'b'] } })
      const verifier = createVerifier({ ...tenant.options, engine })
      for (let n = 0; n < 4; n += 1) (await verifier.verify(token)).payload.aud.push('c')
      assert.equal(
        await codeOf(createVerifier({ ...tenant.options, engine, audience: 'c' }).verify(token)),
        'audience_invalid',
      )
      await createVerifier({ ...tenant.options, engine, audience: 'b' }).verify(token)
    })

    test(`is not recalled for a token that ends alike (${engine})`, async (t) => {
      const tenant = await withTenant(t)
      const token = await tenant.issue()
      const verifier = await withRecalled({ ...tenant.options, engine }, token)
      for (const place of [0, 10, 200, token.length - 40, token.length - 23]) {
        const other = token[place] === 'A' ? 'B' : 'A'
        await rejection(verifier.verify(token.slice(0, place) + other + token.slice(place + 1)))
        await rejection(verifier.verify(token.slice(place + 1)))
      }
    })
  }

  test('does not cross to Rust, however many verifiers of the tenant there are', async (t) => {
    const tenant = await withTenant(t)
    const token = await tenant.issue()
    const verifier = await withRecalled(tenant.options, token)
    const another = createVerifier({ ...tenant.options, requiredScope: 'read:things' })
    const calls = await callsOf('verifyNow', async () => {
      for (let n = 0; n < 10; n += 1) await verifier.verify(token)
      verifier.verifySync(token)
      await another.verify(token)
    })
    assert.equal(calls, 0)
    const strict = createVerifier({ ...tenant.options, requiredScope: 'delete:things' })
    assert.equal(
      await callsOf('verifyNow', async () => assert.equal(await codeOf(strict.verify(token)), 'scope_missing')),
      0,
    )
  })

  for (const engine of ENGINES) {
    test(`has no type that only Object.prototype has (${engine})`, async (t) => {
      const tenant = await withTenant(t)
      const token = await tenant.issue({ header: { typ: undefined } })
      Object.defineProperty(Object.prototype, 'typ', { value: 'JWT', configurable: true })
      t.after(() => delete Object.prototype.typ)
      await withRecalled({ ...tenant.options, engine }, token)
      const strict = createVerifier({ ...tenant.options, engine, tokenType: 'JWT' })
      assert.equal(await codeOf(strict.verify(token)), 'claim_invalid')
    })
  }

  test('crosses each time with tokenCacheSize 0', async (t) => {
    const tenant = await withTenant(t)
    const token = await tenant.issue()
    await withRecalled(tenant.options, token)
    const forgetful = createVerifier({ ...tenant.options, tokenCacheSize: 0 })
    const calls = await callsOf('verifyNow', async () => {
      for (let n = 0; n < 3; n += 1) await forgetful.verify(token)
    })
    assert.ok(calls >= 3, `${calls} calls`)
  })

  test('is refused at the first call after another thread has invalidated its tenant', async (t) => {
    const tenant = await withTenant(t)
    const token = await tenant.issue()
    const verifier = await withRecalled(tenant.options, token)
    tenant.keys = [await createKey('ES384')]
    const script = `require('logto-authkit').invalidateJwksCache(require('node:worker_threads').workerData)`
    const worker = new Worker(script, { eval: true, workerData: tenant.logtoUrl })
    await new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject))
    assert.throws(() => verifier.verifySync(token), { code: 'jwks_unavailable' })
    assert.equal(await codeOf(verifier.verify(token)), 'key_not_found')
  })

  test('is refused at the first call after another bundle of the process has invalidated its tenant', async (t) => {
    const tenant = await withTenant(t)
    const token = await tenant.issue()
    const bundle = anotherCopy()
    assert.notEqual(bundle.createVerifier, createVerifier)
    const [mine, theirs] = [await withRecalled(tenant.options, token), bundle.createVerifier(tenant.options)]
    for (let n = 0; n < 3; n += 1) await theirs.verify(token)
    tenant.keys = [await createKey('ES384')]
    bundle.invalidateJwksCache(tenant.logtoUrl)
    for (const verifier of [mine, theirs]) assert.throws(() => verifier.verifySync(token), { code: 'jwks_unavailable' })
    assert.equal(await codeOf(mine.verify(token)), 'key_not_found')
    assert.throws(() => theirs.verifySync(token), { code: 'key_not_found' })
  })

  test('crosses where a runtime copies the memory of the epoch, since no change would show there', async (t) => {
    const tenant = await withTenant(t)
    const token = await tenant.issue()
    const share = mock.method(binding(), 'shareEpoch', () => new Uint32Array(1))
    t.after(() => share.mock.restore())
    const verifier = anotherCopy().createVerifier(tenant.options)
    await verifier.verify(token)
    const calls = await callsOf('verifyNow', async () => {
      for (let n = 0; n < 3; n += 1) await verifier.verify(token)
    })
    assert.equal(calls, 3)
  })

  test('has its keys asked for again within a second once they are due, although the wall clock was set back', async (t) => {
    const tenant = await withTenant(t)
    const token = await tenant.issue({ claims: { exp: Math.floor(Date.now() / 1000) + 86_400 } })
    const ahead = { wall: 0, monotonic: 0 }
    const [wall, monotonic] = [Date.now.bind(Date), performance.now.bind(performance)]
    for (const [clock, name, read] of [
      [Date, 'wall', wall],
      [performance, 'monotonic', monotonic],
    ]) {
      const mocked = mock.method(clock, 'now', () => read() + ahead[name])
      t.after(() => mocked.mock.restore())
    }
    const verifier = anotherCopy().createVerifier(tenant.options)
    for (let n = 0; n < 3; n += 1) await verifier.verify(token)
    const asks = (change) => callsOf('keysInUse', () => Object.assign(ahead, change) && verifier.verify(token))
    assert.equal(await asks({}), 0)
    assert.equal(await asks({ wall: -3_600_000 }), 0, 'the keys are not due')
    assert.equal(await asks({ monotonic: 3_600_000, wall: -3_600_000 + 1_001 }), 1, 'an hour has passed all the same')
    assert.equal(await asks({ wall: 3_600_000 }), 1, 'a sleep that the monotonic clock does not count')
  })
})
