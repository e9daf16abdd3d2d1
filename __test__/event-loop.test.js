'use strict'

const assert = require('node:assert/strict')
const { before, after, describe, mock, test } = require('node:test')
const { createVerifier } = require('logto-authkit')
const { startTenant } = require('./support/tenant')

describe('the event loop', () => {
  let tenant
  before(async () => {
    tenant = await startTenant()
  })
  after(() => tenant.close())

  const warmVerifier = async (options) => {
    const verifier = createVerifier({ ...tenant.options, ...options })
    await verifier.prefetch()
    return verifier
  }

  test('has no turn that stalls, though thousands of new tokens come at once', async () => {
    const verifier = await warmVerifier()
    const tokens = await Promise.all(Array.from({ length: 4_000 }, (_, n) => tenant.issue({ claims: { jti: `${n}` } })))
    let isDone = false
    let longest = 0
    // The turn in which they all come is the caller's own; those after it are ours.
    const calls = tokens.map((token) => verifier.verify(token))
    const watch = async () => {
      while (!isDone) {
        const start = performance.now()
        await new Promise(setImmediate)
        longest = Math.max(longest, performance.now() - start)
      }
    }
    await new Promise(setImmediate)
    const watching = watch()
    for (const { userId } of await Promise.all(calls)) assert.equal(userId, 'user-1')
    isDone = true
    await watching
    assert.ok(longest < 300, `${Math.round(longest)} ms`)
  })

  test('is not needed by fake timers that never run, in a cold verification or many', async () => {
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, n) => tenant.issue({ claims: { jti: `f${n}` } })))
    const verifier = createVerifier(tenant.options)
    mock.timers.enable({ apis: ['setImmediate', 'setTimeout', 'setInterval'] })
    try {
      const contexts = await Promise.all(tokens.map((token) => verifier.verify(token)))
      assert.ok(contexts.every(({ userId }) => userId === 'user-1'))
    } finally {
      mock.timers.reset()
    }
  })

  test('is not held up by a token of 128 MiB, whose length is looked at first', async () => {
    const verifier = await warmVerifier()
    const giant = 'é'.repeat(64 * 1024 * 1024) + 'x'.repeat(64 * 1024 * 1024)
    for (const refuse of [() => verifier.verify(giant), async () => verifier.verifySync(giant)]) {
      const start = performance.now()
      await assert.rejects(refuse, { code: 'token_malformed', details: { reason: 'longer than 64 KiB' } })
      assert.ok(performance.now() - start < 50)
    }
  })

  test('is not ended by times past all clocks', async () => {
    const verifier = createVerifier({
      ...tenant.options,
      jwksTimeoutMs: 1e22,
      jwksCacheTtlMs: 1e22,
      jwksMaxStaleMs: 1e22,
    })
    assert.equal((await verifier.verify(await tenant.issue())).userId, 'user-1')
    await verifier.prefetch()
  })
})
