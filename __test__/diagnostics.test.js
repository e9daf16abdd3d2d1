'use strict'

const assert = require('node:assert/strict')
const { AsyncLocalStorage } = require('node:async_hooks')
const { execFile } = require('node:child_process')
const diagnostics = require('node:diagnostics_channel')
const { once } = require('node:events')
const { before, after, describe, test } = require('node:test')
const { setTimeout: sleep } = require('node:timers/promises')
const { promisify } = require('node:util')
const { Worker } = require('node:worker_threads')
const {
  clearJwksCache,
  createVerifier,
  getEngine,
  getJwksStatus,
  verifyAuth,
  verifyLogtoToken,
} = require('logto-authkit')
const { rejection } = require('./support/rejection')
const { startTenant } = require('./support/tenant')

const NAMES = ['verified', 'refused', 'guest', 'keys-fetched', 'keys-stale'].map((name) => `logto-authkit:${name}`)

/** Gathers the messages of the channels until the test ends, each with the result of `note` at that moment. */
function listen(t, note = () => undefined) {
  const heard = []
  for (const name of NAMES) {
    const listener = (message) => heard.push({ name, message, noted: note() })
    diagnostics.subscribe(name, listener)
    t.after(() => diagnostics.unsubscribe(name, listener))
  }
  return {
    heard,
    /** The messages of a channel, as soon as there are `count` of them. */
    async of(name, count = 1) {
      const full = `logto-authkit:${name}`
      const messages = () => heard.filter((one) => one.name === full).map(({ message }) => message)
      for (let tries = 0; messages().length < count && tries < 500; tries += 1) await sleep(10)
      return messages()
    },
  }
}

describe('the diagnostics channels', () => {
  let tenant
  before(async () => {
    tenant = await startTenant()
  })
  after(() => tenant.close())

  test('publish each verdict, in the async context of its request', async (t) => {
    const storage = new AsyncLocalStorage()
    const { heard } = listen(t, () => storage.getStore())
    const { options } = tenant
    const jwksUri = `${tenant.logtoUrl}/oidc/jwks`
    const guestId = 'a-guest-of-old'
    const visitor = { headers: { cookie: `guest_logto_authtoken=${guestId}` } }
    const verifier = createVerifier(options)
    const token = await tenant.issue()
    await storage.run('first', () => verifyAuth(token, options))
    await storage.run('second', () => rejection(verifyAuth('noise', options)))
    await storage.run('third', () => verifyAuth(visitor, { ...options, allowGuest: true }))
    storage.run('fourth', () => verifier.verifySync(token))
    storage.run('fifth', () => assert.throws(() => verifier.verifySync('')))
    const code = 'token_missing'
    assert.deepEqual(
      heard.filter(({ name }) => !name.includes(':keys-')).map(({ name, message, noted }) => [noted, name, message]),
      [
        ['first', 'logto-authkit:verified', { jwksUri, userId: 'user-1' }],
        [
          'second',
          'logto-authkit:refused',
          { jwksUri, code: 'token_malformed', status: 401, details: { reason: 'not three parts' } },
        ],
        ['third', 'logto-authkit:guest', { jwksUri, guestId, isFresh: false, code }],
        ['fourth', 'logto-authkit:verified', { jwksUri, userId: 'user-1' }],
        ['fifth', 'logto-authkit:refused', { jwksUri, code, status: 401, details: {} }],
      ],
    )
  })

  test('name the tenant of each token, of several, and none where no token names one', async (t) => {
    const other = await startTenant()
    t.after(() => other.close())
    const { heard } = listen(t)
    const options = { ...tenant.options, logtoUrl: [tenant.logtoUrl, other.logtoUrl] }
    const [token, ofOther, ofNobody] = await Promise.all([
      tenant.issue(),
      other.issue({ claims: { exp: 1 } }),
      tenant.issue({ claims: { iss: 'https://nobody.example/oidc' } }),
    ])
    for (const given of [token, ofOther, ofNobody, 'noise', {}]) await verifyAuth(given, options).catch(() => {})
    await verifyAuth(ofOther, { ...options, allowGuest: true })
    assert.deepEqual(
      heard.filter(({ name }) => !name.includes(':keys-')).map(({ message }) => [message.code, message.jwksUri]),
      [
        [undefined, `${tenant.issuer}/jwks`],
        ['token_expired', `${other.issuer}/jwks`],
        ['issuer_invalid', undefined],
        ['token_malformed', undefined],
        ['token_missing', undefined],
        ['token_expired', `${other.issuer}/jwks`],
      ],
    )
  })

  test('tell of what is no token in verifySync, with several tenants, too', (t) => {
    const { heard } = listen(t)
    const logtoUrl = [tenant.logtoUrl, 'https://other.example']
    const verifier = createVerifier({ logtoUrl, audience: tenant.audience })
    for (const token of [undefined, null, 5, ['a']]) {
      assert.throws(() => verifier.verifySync(token), { code: 'token_missing' })
    }
    assert.deepEqual(
      heard.map(({ name, message }) => [name, message.code]),
      Array(4).fill(['logto-authkit:refused', 'token_missing']),
    )
  })

  test('tell of no guest where verifyLogtoToken refuses, which ignores allowGuest', async (t) => {
    const { heard } = listen(t)
    await rejection(verifyLogtoToken('noise', { ...tenant.options, allowGuest: true }))
    assert.deepEqual(
      heard.map(({ name, message }) => [name, message.code]),
      [['logto-authkit:refused', 'token_malformed']],
    )
  })

  test('tell a guest who has come back from one who is new, and why there is a guest', async (t) => {
    const heard = listen(t)
    const options = { ...tenant.options, allowGuest: true }
    const fresh = await verifyAuth({ headers: {} }, options)
    const known = await verifyAuth({ cookies: { guest_logto_authtoken: fresh.guestId } }, options)
    const lacking = await verifyAuth(await tenant.issue(), { ...options, requiredScope: 'admin' })
    const jwksUri = `${tenant.logtoUrl}/oidc/jwks`
    assert.equal(known.guestId, fresh.guestId)
    assert.deepEqual(await heard.of('guest', 3), [
      { jwksUri, guestId: fresh.guestId, isFresh: true, code: 'token_missing' },
      { jwksUri, guestId: fresh.guestId, isFresh: false, code: 'token_missing' },
      { jwksUri, guestId: lacking.guestId, isFresh: true, code: 'scope_missing' },
    ])
    assert.deepEqual([await heard.of('refused', 0), await heard.of('verified', 0)], [[], []])
  })

  test('publish each fetch of keys, and each failed fetch while the old keys serve', async (t) => {
    const tenant = await startTenant()
    t.after(() => tenant.close())
    const heard = listen(t)
    const options = { ...tenant.options, jwksCacheTtlMs: 50 }
    const token = await tenant.issue()
    await verifyAuth(token, options)
    const jwksUri = `${tenant.logtoUrl}/oidc/jwks`
    const [{ ageMs, ...fetched }] = await heard.of('keys-fetched')
    assert.deepEqual(fetched, { jwksUri, engine: getEngine(), keys: 1, isFetching: false })
    assert.ok(ageMs >= 0)
    tenant.answer = (_req, res) => res.writeHead(500).end()
    await sleep(60)
    await verifyAuth(token, options)
    const [stale] = await heard.of('keys-stale')
    assert.deepEqual([stale.jwksUri, stale.keys, stale.isFetching], [jwksUri, 1, false])
    assert.ok(stale.ageMs >= 50)
    assert.deepEqual([stale.failure.count, stale.failure.reason], [1, 'status 500'])
    assert.ok(stale.failure.retryAfterMs > 0)
  })

  test('never carry a token, nor a part of one', async (t) => {
    const { heard } = listen(t)
    const { options } = tenant
    const tokens = await Promise.all([
      tenant.issue(),
      tenant.issue({ claims: { exp: 1 } }),
      tenant.issue({ claims: { iss: 'https://evil.example' } }),
      tenant.issue({ header: { kid: 'unknown' } }),
    ])
    const forged = `${tokens[0].slice(0, -4)}AAAA`
    for (const token of [...tokens, forged, 'a'.repeat(43)]) {
      const headers = { authorization: `Bearer ${token}`, cookie: `logto_authtoken=${token}` }
      for (const allowGuest of [true, false]) await verifyAuth({ headers }, { ...options, allowGuest }).catch(() => {})
    }
    assert.equal(heard.filter(({ name }) => !name.includes(':keys-')).length, 12)
    const text = JSON.stringify(heard)
    for (const part of [...tokens, forged].flatMap((token) => token.split('.'))) assert.ok(!text.includes(part))
    assert.ok(!text.includes('a'.repeat(43)))
  })

  test('do not keep a process alive', async () => {
    const script = `
      const { subscribe } = require('node:diagnostics_channel')
      subscribe('logto-authkit:keys-fetched', ({ keys }) => console.log(keys + ' keys'))
      require('logto-authkit').createVerifier(${JSON.stringify(tenant.options)}).prefetch().then(() => {
        setTimeout(() => {}, 100)
      })`
    const options = { cwd: __dirname, timeout: 20_000 }
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], options)
    assert.equal(stdout, '1 keys\n')
  })

  test('go on in other threads after a worker that listened is terminated', async (t) => {
    const script = `
      const { subscribe } = require('node:diagnostics_channel')
      const { parentPort, workerData } = require('node:worker_threads')
      subscribe('logto-authkit:keys-fetched', () => parentPort.postMessage('heard'))
      const verifier = require('logto-authkit').createVerifier(workerData)
      setInterval(() => verifier.prefetch(), 5)`
    const workerData = { ...tenant.options, jwksCacheTtlMs: 1 }
    const { of } = listen(t)
    for (let round = 1; round <= 5; round += 1) {
      const worker = new Worker(script, { eval: true, workerData })
      await once(worker, 'message')
      await worker.terminate()
      await createVerifier(workerData).prefetch()
      await of('keys-fetched', round)
    }
    assert.ok((await of('keys-fetched', 5)).length >= 5)
  })
})

describe('getJwksStatus', () => {
  test('gives the status of the keys of each tenant', async (t) => {
    clearJwksCache()
    assert.deepEqual(getJwksStatus(), [])
    const [first, second] = await Promise.all([startTenant(), startTenant()])
    t.after(() => Promise.all([first.close(), second.close()]))
    second.answer = (_req, res) => res.writeHead(503).end()
    await createVerifier(first.options).prefetch()
    await rejection(createVerifier(second.options).prefetch())
    const [failing, { ageMs, ...well }] = getJwksStatus()
    assert.deepEqual(well, { jwksUri: `${first.logtoUrl}/oidc/jwks`, engine: getEngine(), keys: 1, isFetching: false })
    assert.ok(ageMs >= 0)
    const { retryAfterMs, ...failure } = failing.failure
    assert.deepEqual(failing, {
      jwksUri: `${second.logtoUrl}/oidc/jwks`,
      engine: getEngine(),
      keys: 0,
      isFetching: false,
      failure: { ...failure, retryAfterMs },
    })
    assert.deepEqual(failure, { count: 1, isOutage: true, reason: 'status 503' })
    assert.ok(retryAfterMs > 500 && retryAfterMs <= 1_200)
  })
})
