'use strict'

const assert = require('node:assert/strict')
const { before, after, describe, test } = require('node:test')
const { setTimeout: sleep } = require('node:timers/promises')
const { createVerifier, verifyAuth } = require('logto-authkit')
const { binding } = require('../js/engines/native/binding')
const { rejection } = require('./support/rejection')
const { createKey, startTenant } = require('./support/tenant')

/** The number of signatures that are verified during `act`. */
async function checksIn(act) {
  const before = binding().signatureChecks()
  await act()
  return binding().signatureChecks() - before
}

const codeOf = async (promise) => (await rejection(promise)).code

describe('a remembered token', () => {
  let tenant
  before(async () => {
    tenant = await startTenant()
  })
  after(() => tenant.close())

  test('has its signature verified once, whichever request brings the token again', async () => {
    const token = await tenant.issue()
    const request = { headers: { authorization: `Bearer ${token}` } }
    const checks = await checksIn(async () => {
      for (let i = 0; i < 5; i += 1) {
        await verifyAuth(token, tenant.options)
        await verifyAuth(request, { ...tenant.options })
      }
    })
    assert.equal(checks, 1)
  })

  test('gives each caller a payload of its own', async () => {
    const token = await tenant.issue({ claims: { list: [1] } })
    for (let i = 0; i < 3; i += 1) {
      const { payload } = await verifyAuth(token, tenant.options)
      assert.deepEqual(payload.list, [1])
      payload.list.push(2)
    }
  })

  test('does not help a token that differs in one character, at any place', async () => {
    const token = await tenant.issue()
    await verifyAuth(token, tenant.options)
    for (let index = 0; index < token.length; index += 1) {
      const other = token[index] === 'A' ? 'B' : 'A'
      const tampered = token.slice(0, index) + other + token.slice(index + 1)
      await rejection(verifyAuth(tampered, tenant.options))
    }
  })

  test('stays remembered though another verifier of the tenant remembers one alone', async () => {
    const [large, small] = [createVerifier(tenant.options), createVerifier({ ...tenant.options, tokenCacheSize: 1 })]
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, n) => tenant.issue({ claims: { jti: `r${n}` } })))
    for (const token of tokens) await large.verify(token)
    const checks = await checksIn(async () => {
      await small.verify(await tenant.issue({ claims: { jti: 'another' } }))
      for (const token of tokens) await large.verify(token)
    })
    assert.equal(checks, 1)
  })

  test('has at most 4 KiB: a longer one is verified each time', async () => {
    for (const [length, expected] of [
      [3_900, 1],
      [4_200, 2],
    ]) {
      const bare = await tenant.issue({ claims: { pad: '' } })
      const token = await tenant.issue({ claims: { pad: 'x'.repeat(Math.floor(((length - bare.length) * 3) / 4)) } })
      assert.ok(Math.abs(token.length - length) < 8)
      const checks = await checksIn(async () => {
        await verifyAuth(token, tenant.options)
        await verifyAuth(token, tenant.options)
      })
      assert.equal(checks, expected, `${token.length} bytes`)
    }
  })

  test('is refused when it has expired', async () => {
    const exp = Math.ceil(Date.now() / 1000) + 1
    const token = await tenant.issue({ claims: { exp } })
    await verifyAuth(token, tenant.options)
    await sleep(exp * 1000 - Date.now() + 20)
    const checks = await checksIn(async () => {
      assert.equal(await codeOf(verifyAuth(token, tenant.options)), 'token_expired')
    })
    assert.equal(checks, 0)
  })

  test('is refused if another audience, issuer, scope or type is expected', async () => {
    const token = await tenant.issue()
    await verifyAuth(token, tenant.options)
    const CASES = [
      [{ audience: 'other' }, 'audience_invalid'],
      [{ issuer: 'other' }, 'issuer_invalid'],
      [{ requiredScope: 'other' }, 'scope_missing'],
      [{ tokenType: 'JWT' }, 'claim_invalid'],
    ]
    for (const [options, code] of CASES) {
      assert.equal(await codeOf(verifyAuth(token, { ...tenant.options, ...options })), code)
    }
  })

  test('is not remembered for another tenant, even one that claims the same issuer', async (t) => {
    const other = await startTenant()
    t.after(() => other.close())
    other.keys[0].jwk.kid = tenant.keys[0].jwk.kid
    const token = await tenant.issue()
    await verifyAuth(token, tenant.options)
    const options = { ...tenant.options, jwksUri: `${other.logtoUrl}/oidc/jwks` }
    assert.equal(await codeOf(verifyAuth(token, options)), 'signature_invalid')
  })

  test('is forgotten with its key, and stays while the key set does not change', async (t) => {
    const other = await startTenant()
    t.after(() => other.close())
    const verifier = createVerifier({ ...other.options, jwksCacheTtlMs: 100 })
    const token = await other.issue()
    await verifier.verify(token)
    await sleep(120)
    assert.equal(await checksIn(() => verifier.verify(token)), 1, 'an expired set is fetched before')
    assert.equal(await checksIn(() => verifier.verify(token)), 0, 'the same set was fetched')
    const fetches = other.fetches
    assert.equal(fetches, 2)

    other.keys = [await createKey('ES384')]
    await sleep(120)
    assert.equal(await codeOf(verifier.verify(token)), 'key_not_found')
  })

  test('has a valid signature: a bad signature is verified each time', async () => {
    const forged = await tenant.issue({ header: { kid: tenant.keys[0].jwk.kid }, key: await createKey('ES384') })
    const checks = await checksIn(async () => {
      for (let i = 0; i < 3; i += 1) {
        assert.equal(await codeOf(verifyAuth(forged, tenant.options)), 'signature_invalid')
      }
    })
    assert.equal(checks, 3)
  })

  test('is neither stored nor used with tokenCacheSize 0', async () => {
    const token = await tenant.issue()
    const forgetful = createVerifier({ ...tenant.options, tokenCacheSize: 0 })
    await verifyAuth(token, tenant.options)
    assert.equal(await checksIn(() => forgetful.verify(token)), 1)
    const another = await tenant.issue({ claims: { jti: 'another' } })
    await forgetful.verify(another)
    assert.equal(await checksIn(() => verifyAuth(another, tenant.options)), 1, 'nor does it store one')
  })

  test('makes room for a newer token past tokenCacheSize, the least recently used first', async (t) => {
    const other = await startTenant()
    t.after(() => other.close())
    const verifier = createVerifier({ ...other.options, tokenCacheSize: 2 })
    const [one, two, three] = await Promise.all(['one', 'two', 'three'].map((jti) => other.issue({ claims: { jti } })))
    for (const token of [one, two, one, three]) await verifier.verify(token)
    assert.equal(await checksIn(() => verifier.verify(one)), 0)
    assert.equal(await checksIn(() => verifier.verify(three)), 0)
    assert.equal(await checksIn(() => verifier.verify(two)), 1)
  })
})

describe('verifySync', () => {
  test('verifies with fresh keys, and throws jwks_unavailable without them', async (t) => {
    const tenant = await startTenant()
    t.after(() => tenant.close())
    const token = await tenant.issue()
    const verifier = createVerifier({ ...tenant.options, allowGuest: true })
    assert.throws(() => verifier.verifySync(token), { code: 'jwks_unavailable', status: 503 })
    await verifier.prefetch()
    assert.equal(verifier.verifySync(token).userId, 'user-1')
    assert.equal(verifier.verifySync(token).userId, 'user-1')
    assert.throws(() => verifier.verifySync('garbage'), { code: 'token_malformed' })
    assert.throws(() => verifier.verifySync(''), { code: 'token_missing' })
    assert.throws(() => verifier.verifySync({ headers: {} }), { code: 'token_missing' })
  })
})

describe('a flood of new tokens', () => {
  test('is verified on and off the event loop, each token with its own verdict', async (t) => {
    const tenant = await startTenant()
    t.after(() => tenant.close())
    const forger = await createKey('ES384')
    const tokens = await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        index % 3 === 0
          ? tenant.issue({ header: { kid: tenant.keys[0].jwk.kid }, key: forger })
          : tenant.issue({ claims: { sub: `user-${index}` } }),
      ),
    )
    await createVerifier(tenant.options).prefetch()
    const verdicts = await Promise.allSettled(tokens.map((token) => verifyAuth(token, tenant.options)))
    verdicts.forEach(({ value, reason }, index) => {
      if (index % 3 === 0) assert.equal(reason.code, 'signature_invalid')
      else assert.equal(value.userId, `user-${index}`)
    })
  })

  test('lets the event loop turn, even if each token is verified after the one before', async (t) => {
    const tenant = await startTenant()
    t.after(() => tenant.close())
    const tokens = await Promise.all(Array.from({ length: 200 }, () => tenant.issue()))
    await createVerifier(tenant.options).prefetch()
    let turns = 0
    const count = () => {
      turns += 1
      immediate = setImmediate(count)
    }
    let immediate = setImmediate(count)
    for (const token of tokens) await verifyAuth(token, tenant.options)
    clearImmediate(immediate)
    assert.ok(turns >= 5, `${turns} turns`)
  })
})
