'use strict'

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')
const { createVerifier, getJwksStatus, verifyAuth } = require('logto-authkit')
const overTime = require('./support/over-time')
const { startRawServer } = require('./support/raw-server')
const { rejection } = require('./support/rejection')
const { createKey } = require('./support/tenant')
const { until } = require('./support/until')

const { SECOND, advance, codeOf, failWith, hang, settle, withKid, withPaths, withTenant, withWarmVerifier } = overTime

const TTL = 300 * SECOND
const MAX_STALE = 600 * SECOND
/** The real time that may pass while a test runs. */
const SLACK = SECOND

describe('keys that are fresh', () => {
  test('are fetched again once, in the background, between 10 and 90 % of the first TTL', async (t) => {
    const { tenant, accepts } = await withWarmVerifier(t)
    advance(0.09 * TTL)
    for (let i = 0; i < 20; i += 1) await accepts()
    await settle()
    assert.equal(tenant.fetches, 1)
    tenant.answer = hang
    advance(0.81 * TTL)
    const start = performance.now()
    for (let i = 0; i < 20; i += 1) await accepts()
    assert.ok(performance.now() - start < 500, 'a caller waits')
    await until(() => tenant.fetches === 2)
    await settle()
    assert.equal(tenant.fetches, 2)
  })

  test('are fetched again between 60 and 90 % of each later TTL, at another point each time', async (t) => {
    const { tenant, accepts } = await withWarmVerifier(t)
    const points = new Set()
    for (let round = 0; round < 8; round += 1) {
      const { fetches } = tenant
      if (round > 0) {
        advance(0.59 * TTL)
        await accepts()
        await settle()
        assert.equal(tenant.fetches, fetches, 'before 60 %')
      }
      let percent = round > 0 ? 59 : 0
      while (tenant.fetches === fetches) {
        assert.ok(percent < 90, 'not by 90 %')
        percent += 3
        advance(0.03 * TTL)
        await accepts()
        await settle()
      }
      if (round > 0) points.add(percent)
    }
    assert.ok(points.size > 1, `always at ${[...points]} %`)
  })

  test('serve another TTL after a refresh', async (t) => {
    const { tenant, accepts } = await withWarmVerifier(t)
    for (let fetches = 2; fetches < 6; fetches += 1) {
      advance(0.9 * TTL)
      await accepts()
      await until(() => tenant.fetches === fetches)
      await settle()
    }
    await accepts()
    assert.equal(tenant.fetches, 5)
  })

  test('serve to the end of their TTL even if the endpoint answers 404 meanwhile', async (t) => {
    const { tenant, accepts, refuses } = await withWarmVerifier(t)
    tenant.answer = failWith(404)
    advance(0.9 * TTL)
    await accepts()
    await settle()
    await accepts()
    advance(0.1 * TTL)
    await refuses('jwks_unavailable')
  })

  test('are fresh for each caller according to the caller’s own TTL', async (t) => {
    const { tenant, token, accepts } = await withWarmVerifier(t)
    const hurried = createVerifier({ ...tenant.options, jwksCacheTtlMs: 20 * SECOND })
    advance(21 * SECOND)
    await accepts()
    await settle()
    assert.equal(tenant.fetches, 1)
    await hurried.verify(token)
    assert.equal(tenant.fetches, 2)
  })
})

describe('keys that have expired', () => {
  test('are fetched once for all callers', async (t) => {
    const { tenant, token, verifier } = await withWarmVerifier(t)
    advance(TTL)
    await Promise.all(Array.from({ length: 200 }, () => verifier.verify(token)))
    assert.equal(tenant.fetches, 2)
  })

  for (const [failure, fail] of [
    ['500', failWith(500)],
    ['503', failWith(503)],
    ['429', failWith(429)],
    ['a malformed answer', (_req, res) => res.end('<html>')],
    ['a set without keys', (_req, res) => res.end('{"keys":[]}')],
    ['a set without usable keys', (_req, res) => res.end('{"keys":[{"kty":"oct","k":"c2VjcmV0"},null]}')],
    ['a reset', (req) => req.socket.resetAndDestroy()],
  ]) {
    test(`serve while the endpoint is failing with ${failure}, then no more, until it recovers`, async (t) => {
      const { tenant, accepts, refuses } = await withWarmVerifier(t)
      tenant.answer = fail
      advance(TTL)
      await accepts()
      advance(MAX_STALE - SLACK)
      await accepts()
      advance(SLACK)
      await refuses('jwks_unavailable')
      await settle()
      tenant.answer = undefined
      advance(40 * SECOND)
      await accepts()
      advance(0.09 * TTL)
      const { fetches } = tenant
      await accepts()
      await settle()
      assert.equal(tenant.fetches, fetches, 'fresh again')
    })
  }

  test('serve a caller who waits for a hung endpoint in vain, and the others at once when it has been given up', async (t) => {
    const { tenant, token, accepts } = await withWarmVerifier(t)
    const hurried = createVerifier({ ...tenant.options, jwksTimeoutMs: 200 })
    tenant.answer = hang
    advance(TTL)
    const start = performance.now()
    assert.equal((await hurried.verify(token)).userId, 'user-1')
    assert.ok(performance.now() - start < 1_500, 'after its own time')
    await accepts()
    const given = performance.now() - start
    assert.ok(given > 4_000 && given < 6_500, `given up after ${Math.round(given)} ms`)
    await accepts()
    assert.ok(performance.now() - start - given < 500, 'a caller waits')
  })

  for (const status of [204, 301, 401, 403, 404, 410]) {
    test(`do not serve where the endpoint answers ${status}`, async (t) => {
      const { tenant, refuses } = await withWarmVerifier(t)
      tenant.answer = failWith(status)
      advance(TTL)
      await refuses('jwks_unavailable')
    })
  }

  test('do not serve where the endpoint has denied them, and then hangs', async (t) => {
    const { tenant, refuses } = await withWarmVerifier(t, { jwksTimeoutMs: 500 })
    tenant.answer = failWith(404)
    advance(TTL)
    await refuses('jwks_unavailable')
    tenant.answer = hang
    advance(2 * SECOND)
    await refuses('jwks_unavailable')
    assert.equal(tenant.fetches, 3)
  })

  test('delay no caller while they serve stale', async (t) => {
    const { tenant, accepts } = await withWarmVerifier(t)
    tenant.answer = failWith(500)
    advance(TTL)
    await accepts()
    tenant.answer = hang
    advance(2 * SECOND)
    const start = performance.now()
    for (let i = 0; i < 20; i += 1) await accepts()
    assert.ok(performance.now() - start < 500, 'a caller waits')
    await until(() => tenant.fetches === 3)
  })
})

describe('one caller and another', () => {
  test('share a slow fetch, which outlives the one with the short time-out', async (t) => {
    const tenant = await withTenant(t)
    const token = await tenant.issue()
    tenant.answer = (_req, res) => {
      setTimeout(() => res.end(JSON.stringify({ keys: [tenant.keys[0].jwk] })), 400)
    }
    const hurried = createVerifier({ ...tenant.options, jwksTimeoutMs: 100 })
    const patient = createVerifier(tenant.options)
    const [code, auth] = await Promise.all([codeOf(hurried.verify(token)), patient.verify(token)])
    assert.equal(code, 'jwks_unavailable')
    assert.equal(auth.userId, 'user-1')
    assert.equal(tenant.fetches, 1)
    assert.equal((await hurried.verify(token)).userId, 'user-1')
  })

  test('are not held up by a hung fetch of a caller with a long time-out, once the endpoint has recovered', async (t) => {
    const tenant = await withTenant(t)
    const token = await tenant.issue()
    tenant.answer = hang
    const patient = createVerifier({ ...tenant.options, jwksTimeoutMs: 60_000 })
    const first = codeOf(patient.verify(token))
    await until(() => tenant.fetches === 1)
    tenant.answer = undefined
    assert.equal(await codeOf(verifyAuth(token, { ...tenant.options, jwksTimeoutMs: 6_000 })), 'jwks_unavailable')
    assert.equal(await first, 'jwks_unavailable', 'both by the bound of a fetch')
    advance(1.2 * SECOND)
    assert.equal((await verifyAuth(token, tenant.options)).userId, 'user-1')
  })
})

describe('a connection that is reset before any answer', () => {
  test('is tried once more at once', async (t) => {
    const tenant = await withTenant(t)
    let resets = 1
    tenant.answer = (req, res) => {
      if (resets-- > 0) return req.socket.resetAndDestroy()
      res.end(JSON.stringify({ keys: [tenant.keys[0].jwk] }))
    }
    assert.equal((await verifyAuth(await tenant.issue(), tenant.options)).userId, 'user-1')
    assert.equal(tenant.fetches, 2)
  })

  test('is tried no more than twice', async (t) => {
    let connections = 0
    const server = await startRawServer((socket) => {
      connections += 1
      socket.resetAndDestroy()
    })
    t.after(server.close)
    const tenant = await withTenant(t)
    const options = { ...tenant.options, jwksUri: server.origin }
    assert.equal(await codeOf(verifyAuth(await tenant.issue(), options)), 'jwks_unavailable')
    assert.equal(connections, 2)
  })
})

describe('an endpoint that keeps failing', () => {
  for (const [status, retryAfter, seconds] of [
    [503, '20', 20],
    [429, '20', 20],
    [503, () => new Date(Date.now() + 20_000).toUTCString(), 20],
    [503, '86400', 60],
    [503, '-5', 1],
    [503, 'soon', 1],
    [500, '20', 1],
  ]) {
    const name = typeof retryAfter === 'string' ? retryAfter : 'a date'
    test(`is left alone for ${seconds} s after a ${status} with Retry-After: ${name}`, async (t) => {
      const tenant = await withTenant(t)
      const token = await tenant.issue()
      tenant.answer = (_req, res) => {
        const value = typeof retryAfter === 'string' ? retryAfter : retryAfter()
        res.writeHead(status, { 'Retry-After': value }).end()
      }
      const ask = () => rejection(verifyAuth(token, tenant.options))
      const { retryAfterSeconds } = await ask()
      assert.ok(Math.abs(retryAfterSeconds - seconds) <= 1, `${retryAfterSeconds}`)
      advance((seconds > 1 ? seconds - 2 : 0.6) * SECOND)
      await ask()
      assert.equal(tenant.fetches, 1, 'too early')
      advance(2.2 * SECOND)
      await ask()
      assert.equal(tenant.fetches, 2, 'too late')
    })
  }

  test('is asked again after 1, 2, 4, 8, 16 and 30 s, a fifth more or less, and every 30 s from then on', async (t) => {
    const tenant = await withTenant(t)
    const token = await tenant.issue()
    tenant.answer = failWith(500)
    const ask = () => rejection(verifyAuth(token, tenant.options))
    await ask()
    for (const [index, pause] of [1, 2, 4, 8, 16, 30, 30, 30].entries()) {
      const early = 0.8 * pause * SECOND - 150
      advance(early)
      const { code, details } = await ask()
      assert.equal(code, 'jwks_unavailable')
      assert.equal(tenant.fetches, index + 1, `too early for ${pause} s`)
      assert.ok(
        details.retryAfterSeconds >= 1 && details.retryAfterSeconds <= 0.4 * pause + 2,
        `${details.retryAfterSeconds}`,
      )
      advance(1.2 * pause * SECOND - early)
      await Promise.all(Array.from({ length: 20 }, ask))
      assert.equal(tenant.fetches, index + 2, `too late for ${pause} s`)
    }
    tenant.answer = undefined
    advance(36 * SECOND)
    await verifyAuth(token, tenant.options)
    const { fetches } = tenant
    tenant.answer = failWith(500)
    advance(TTL + MAX_STALE)
    await ask()
    advance(1.2 * SECOND)
    await ask()
    assert.equal(tenant.fetches, fetches + 2, 'the first pause after a recovery is 1 s again')
  })

  test('leads to jwks_unavailable for a token with an unknown kid, and known kids keep verifying', async (t) => {
    for (const status of [500, 404]) {
      const { tenant, token, accepts, refuses } = await withWarmVerifier(t)
      tenant.answer = failWith(status)
      for (let i = 0; i < 20; i += 1) await refuses('jwks_unavailable', withKid(token, `unknown-${i}`))
      assert.equal(tenant.fetches, 2)
      await accepts()
      tenant.keys.push(await createKey('ES384'))
      tenant.answer = undefined
      advance(1.2 * SECOND)
      await accepts(await tenant.issue({ key: tenant.keys[1] }))
      assert.equal(tenant.fetches, 3)
    }
  })

  test('delays a caller with an unknown kid no longer than its jwksTimeoutMs, whoever started the fetch', async (t) => {
    const { tenant, token, verifier } = await withWarmVerifier(t, { jwksTimeoutMs: 2_500 })
    const hurried = createVerifier({ ...tenant.options, jwksTimeoutMs: 200 })
    tenant.answer = hang
    const slow = verifier.verify(withKid(token, 'unknown-1')).catch(() => {})
    await until(() => tenant.fetches === 2)
    const start = performance.now()
    const code = await codeOf(hurried.verify(withKid(token, 'unknown-2')))
    const elapsed = performance.now() - start
    assert.equal(code, 'jwks_unavailable')
    assert.ok(elapsed < 1_500, `${Math.round(elapsed)} ms for a caller that allows 200`)
    await slow
  })
})

describe('a flood', () => {
  test('of 10,000 unknown kids costs one fetch, then one per 30 s, and good tokens keep verifying', async (t) => {
    const { tenant, token, verifier, accepts } = await withWarmVerifier(t)
    const flood = async (count) => {
      const codes = new Set()
      for (let done = 0; done < count; done += 500) {
        const batch = Array.from({ length: 500 }, () => codeOf(verifier.verify(withKid(token, crypto.randomUUID()))))
        await accepts()
        for (const code of await Promise.all(batch)) codes.add(code)
      }
      assert.deepEqual([...codes], ['key_not_found'])
      return tenant.fetches
    }
    assert.equal(await flood(10_000), 2, 'the first refresh is free')
    advance(20 * SECOND)
    assert.equal(await flood(1_000), 2, 'within the cooldown')
    for (const fetches of [3, 4, 5]) {
      advance(30 * SECOND)
      assert.equal(await flood(1_000), fetches)
    }
  })

  test('of 1,000 callers without keys costs one fetch, and all are answered', async (t) => {
    const tenant = await withTenant(t)
    const token = await tenant.issue()
    tenant.answer = (_req, res) => {
      setTimeout(() => res.end(JSON.stringify({ keys: [tenant.keys[0].jwk] })), 100)
    }
    const calls = Array.from({ length: 1_000 }, (_, i) =>
      i % 2 === 0 ? verifyAuth(token, { ...tenant.options }) : createVerifier(tenant.options).verify(token),
    )
    for (const { userId } of await Promise.all(calls)) assert.equal(userId, 'user-1')
    assert.equal(tenant.fetches, 1)
  })
})

describe('a rotation', () => {
  test('needs no fetch if the next key was published before: current, next and previous keys verify', async (t) => {
    const { tenant, accepts } = await withWarmVerifier(t)
    const [current, next, previous] = [tenant.keys[0], await createKey('ES384'), await createKey('RS256')]
    tenant.keys = [current, next, previous]
    advance(TTL)
    for (const key of tenant.keys) await accepts(await tenant.issue({ key }))
    tenant.keys = [next, await createKey('ES384'), current]
    for (const key of [next, current]) await accepts(await tenant.issue({ key }))
    await settle()
    assert.equal(tenant.fetches, 2)
    await accepts(await tenant.issue({ key: tenant.keys[1] }))
    assert.equal(tenant.fetches, 3, 'what nobody announced is fetched')
  })

  test('ends the trust in a withdrawn key with the next refresh', async (t) => {
    const { tenant, accepts, refuses } = await withWarmVerifier(t)
    tenant.keys = [await createKey('ES384')]
    await accepts()
    advance(0.9 * TTL)
    await accepts()
    await until(() => tenant.fetches === 2)
    await settle()
    await refuses('key_not_found')
    await accepts(await tenant.issue())
  })

  test('to no keys at all is an outage, and told as one', async (t) => {
    const { tenant, accepts } = await withWarmVerifier(t)
    tenant.keys = []
    advance(0.9 * TTL)
    await accepts()
    await until(() => tenant.fetches === 2)
    await settle()
    await accepts()
    const [{ keys, failure }] = getJwksStatus()
    assert.deepEqual([keys, failure.reason], [1, 'the key set has no usable key'])
  })
})

describe('the keys of 1,020 tenants', () => {
  test('are kept for the 1,000 that were asked for last', async (t) => {
    const { verify, fetchesOf } = await withPaths(t)
    for (let n = 0; n < 1_020; n += 1) await verify(n)
    for (let n = 1_019; n >= 20; n -= 1) await verify(n)
    for (let n = 0; n < 1_020; n += 1) assert.equal(fetchesOf(n), 1, `tenant ${n}`)
    await verify(0)
    assert.equal(fetchesOf(0), 2, 'the least recently used is fetched again')
    await verify(20)
    assert.equal(fetchesOf(20), 1, 'one used since is not')
    await verify(1_019)
    assert.equal(fetchesOf(1_019), 2, 'the one whose place was taken is')
  })

  test('do not push out a tenant that has a back-off, which would be forgotten with it', async (t) => {
    const { tenant, verify, fetchesOf } = await withPaths(t)
    const { answer } = tenant
    const failing = { 'Retry-After': '60' }
    tenant.answer = (req, res) => answer(req, req.url === '/failing' ? res.writeHead(503, failing) : res)
    assert.equal(await codeOf(verify('failing')), 'jwks_unavailable')
    for (let n = 0; n < 1_000; n += 1) await verify(n)
    assert.equal(await codeOf(verify('failing')), 'jwks_unavailable')
    assert.equal(fetchesOf('failing'), 1)
  })

  test('reach who waits for them although 1,000 others have come since', async (t) => {
    // The others have to come in time for the flight, which is bounded: a busy machine gets another try.
    for (let tries = 1; ; tries += 1) {
      const { outcome, fetches, milliseconds } = await waitWhileOthersCome(t)
      if (milliseconds >= 4_500 && tries < 5) continue
      assert.deepEqual([outcome, fetches], ['user-1', 1])
      return
    }
  })

  async function waitWhileOthersCome(t) {
    const { tenant, verify, fetchesOf } = await withPaths(t)
    const { answer } = tenant
    let release
    tenant.answer = (...args) => {
      release = () => answer(...args)
    }
    const start = performance.now()
    const waiting = verify('first').then(
      ({ userId }) => userId,
      ({ code }) => code,
    )
    await until(() => release !== undefined)
    tenant.answer = answer
    for (let n = 0; n < 1_000; n += 50) await Promise.all(Array.from({ length: 50 }, (_, i) => verify(n + i)))
    release()
    const milliseconds = performance.now() - start
    return { outcome: await waiting, fetches: fetchesOf('first'), milliseconds }
  }
})
