'use strict'

// The log of a fleet, in a real server.

const assert = require('node:assert/strict')
const { fork } = require('node:child_process')
const { once } = require('node:events')
const { join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { setTimeout: sleep } = require('node:timers/promises')
const Ioredis = require('ioredis')
const { createRevocationList } = require('logto-authkit')
const { redisLog } = require('logto-authkit/redis')
const { createTestIssuer } = require('logto-authkit/testing')
const { createClient } = require('redis')
const { findRedis, startRedis } = require('../tools/redis-server')
const { callsTo } = require('./support/calls')
const { runNode } = require('./support/child')
const { startWay } = require('./support/partition')
const { until } = require('./support/until')

const KEY = 'revocations'
const PROCESS = join(__dirname, 'support/redis-process.js')

test('a log of Redis is made of a client and a key', () => {
  const client = { duplicate() {}, sendCommand() {} }
  redisLog(client, { key: 'a' })
  for (const wrong of [undefined, null, {}, 'redis://localhost', { duplicate() {} }]) {
    assert.throws(() => redisLog(wrong, { key: 'a' }), /Invalid option client/)
  }
  for (const key of [undefined, '', 5]) assert.throws(() => redisLog(client, { key }), /Invalid option key/)
  assert.throws(() => redisLog(client, { key: 'a', stream: 'b' }), /Invalid option stream/)
})

describe('behind one stream of Redis', {
  skip: findRedis() === undefined && 'no redis-server',
  timeout: 180_000,
}, () => {
  let issuer
  before(async () => {
    issuer = await createTestIssuer()
  })
  after(() => issuer.close())

  /** A process that serves behind the stream. */
  const startProcess = async (t, redis, more) => {
    const options = JSON.stringify({ url: redis.url, key: KEY, options: issuer.options, ...more })
    const child = fork(PROCESS, [options])
    t.after(() => child.kill('SIGKILL'))
    await once(child, 'message')
    const ask = callsTo(child)
    const verify = (token) => ask('verify', token)
    const refuses = (token) => eventually(async () => (await verify(token)) === 'token_revoked')
    return { child, ask, verify, refuses, status: () => ask('status') }
  }
  const startFleet = (t, redis, ...more) => Promise.all(more.map((one) => startProcess(t, redis, one)))

  const redisFor = async (t) => {
    const redis = await startRedis()
    t.after(() => redis.close())
    return redis
  }

  /** A client in this process. */
  const clientOf = async (t, redis) => {
    const client = createClient({ url: redis.url, disableOfflineQueue: true })
    client.on('error', () => {})
    await client.connect()
    t.after(() => client.isOpen && client.destroy())
    return client
  }
  const listOn = (t, client) => {
    const log = redisLog(client, { key: KEY })
    t.after(() => log.close())
    return createRevocationList({ log })
  }

  test('a token revoked in one of three processes is refused in all, and in one that starts late', async (t) => {
    const redis = await redisFor(t)
    const [one, ...others] = await startFleet(t, redis, {}, {}, {})
    const token = issuer.issueToken({ sub: 'ada' })
    for (const each of [one, ...others]) assert.equal(await each.verify(token), 'ok')
    assert.equal(await one.ask('revokeUser', 'ada'), 'done')
    assert.equal(await one.verify(token), 'token_revoked', 'at once where it was revoked')
    for (const each of others) await each.refuses(token)
    const late = await startProcess(t, redis)
    await late.refuses(token)
    assert.equal(await late.verify(issuer.issueToken({ sub: 'bob' })), 'ok')
  })

  test('the clocks of processes do not matter: the stream dates what is revoked', async (t) => {
    const redis = await redisFor(t)
    const [ahead, behind] = await startFleet(t, redis, { aheadMs: 120_000 }, { aheadMs: -120_000 })
    const tokens = ['ada', 'bob'].map((sub) => issuer.issueToken({ sub }))
    assert.equal(await ahead.ask('revokeUser', 'ada'), 'done')
    assert.equal(await behind.ask('revokeUser', 'bob'), 'done')
    for (const each of [ahead, behind]) for (const token of tokens) await each.refuses(token)
    await sleep(1_100)
    for (const each of [ahead, behind]) {
      for (const sub of ['ada', 'bob']) assert.equal(await each.verify(issuer.issueToken({ sub })), 'ok')
    }
  })

  test('nothing that was acknowledged is lost where Redis is killed, and nobody believes the rest done', async (t) => {
    const redis = await redisFor(t)
    const [one, other] = await startFleet(t, redis, {}, {})
    for (const each of [one, other]) await eventually(async () => !(await each.status()).isBehind)
    const tokens = Array.from({ length: 20 }, (_, i) => issuer.issueToken({ sub: `user-${i}` }))
    const outcomes = tokens.map((_, i) => one.ask('revokeUser', `user-${i}`))
    await outcomes[0]
    await redis.kill()
    const done = (await Promise.all(outcomes)).map((outcome) => outcome === 'done')
    assert.equal(done[0], true)
    assert.notEqual(await one.ask('revokeUser', 'late'), 'done')
    await eventually(async () => (await other.status()).isBehind)
    assert.ok((await other.status()).lastError)
    await other.refuses(tokens[0])
    assert.equal(await one.verify(issuer.issueToken({ sub: 'late' })), 'ok')

    await redis.start()
    const late = await startProcess(t, redis)
    for (const each of [one, other, late]) {
      await eventually(async () => !(await each.status()).isBehind)
      for (const [i, token] of tokens.entries()) if (done[i]) await each.refuses(token)
    }
    await eventually(async () => (await one.ask('revokeUser', 'late')) === 'done')
    await other.refuses(issuer.issueToken({ sub: 'late', iat: Math.floor(Date.now() / 1_000) - 5 }))
  })

  test('a Redis that is frozen is away, and one that thaws goes on where it was', async (t) => {
    const redis = await redisFor(t)
    const [open, closed] = await startFleet(t, redis, {}, { list: { whenBehind: 'refuse', maxBehindMs: 100 } })
    const token = issuer.issueToken({ sub: 'ada' })
    await eventually(async () => (await closed.verify(token)) === 'ok')
    redis.freeze()
    assert.match(await open.ask('revokeUser', 'ada'), /no answer of Redis within 3000 ms/)
    await eventually(async () => (await closed.verify(token)) === 'revocations_unavailable')
    assert.equal((await open.status()).isBehind, true)
    redis.thaw()
    await eventually(async () => !(await open.status()).isBehind && !(await closed.status()).isBehind)
    // It was not certain; it has come true.
    for (const each of [open, closed]) await each.refuses(token)
  })

  test('a process that is cut off from the log says so, and catches up afterwards', async (t) => {
    const redis = await redisFor(t)
    const way = await startWay(redis.port)
    t.after(() => way.close())
    const url = `redis://127.0.0.1:${way.port}`
    const [one, other, cutOff] = await startFleet(t, redis, {}, {}, { url })
    const token = issuer.issueToken({ sub: 'ada' })
    await eventually(async () => !(await cutOff.status()).isBehind)
    way.cut()
    assert.equal(await one.ask('revokeUser', 'ada'), 'done')
    await other.refuses(token)
    assert.equal(await cutOff.verify(token), 'ok')
    assert.notEqual(await cutOff.ask('revokeUser', 'bob'), 'done')
    await eventually(async () => (await cutOff.status()).isBehind)
    assert.equal((await one.status()).isBehind, false)
    way.mend()
    await cutOff.refuses(token)
    await eventually(async () => !(await cutOff.status()).isBehind)
  })

  test('a poisoned entry is skipped and counted, and what comes after it is read', async (t) => {
    const redis = await redisFor(t)
    const client = await clientOf(t, redis)
    const add = (field, value) => client.sendCommand(['XADD', KEY, '*', field, value])
    await add('entry', '{"type":"user","ids":["ada"]}')
    await add('entry', '{')
    await add('other', 'x')
    await add('entry', '{"type":"user","ids":[5]}')
    await add('entry', '{"type":"user","ids":["bob"]}')
    const list = listOn(t, client)
    await until(() => !list.status().isBehind)
    assert.deepEqual([list.status().entries, list.status().skipped], [2, 3])
  })

  test('100,000 revocations are replayed by a process that starts', async (t) => {
    const redis = await redisFor(t)
    const client = await clientOf(t, redis)
    for (let first = 0; first < 100_000; first += 1_000) {
      const adding = Array.from({ length: 1_000 }, (_, i) =>
        client.sendCommand(['XADD', KEY, '*', 'entry', `{"type":"user","ids":["user-${first + i}"]}`]),
      )
      await Promise.all(adding)
    }
    const start = performance.now()
    const list = listOn(t, client)
    await until(() => !list.status().isBehind, 20_000)
    assert.equal(list.status().entries, 100_000)
    t.diagnostic(`replayed in ${Math.round(performance.now() - start)} ms`)
  })

  test('a process that starts has read all there is at once, and does not wait for more first', async (t) => {
    const redis = await redisFor(t)
    const client = await clientOf(t, redis)
    const start = performance.now()
    const list = listOn(t, client)
    await until(() => !list.status().isBehind)
    // Less than Redis would wait for something new.
    assert.ok(performance.now() - start < 900)
  })

  test('a stream that somebody trimmed, or deleted, leaves what a process knows in force', async (t) => {
    const redis = await redisFor(t)
    const client = await clientOf(t, redis)
    const list = listOn(t, client)
    await list.revokeUser('ada')
    await list.revokeUser('bob')
    await client.sendCommand(['XTRIM', KEY, 'MAXLEN', '0'])
    await client.sendCommand(['DEL', KEY])
    await list.revokeUser('eve')
    const other = listOn(t, client)
    await until(() => other.status().entries === 1)
    assert.equal(list.status().entries, 3)
  })

  test('a server that takes over with an earlier clock is heard, although its ids are lower', async (t) => {
    const redis = await redisFor(t)
    const client = await clientOf(t, redis)
    const list = listOn(t, client)
    await list.revokeUser('ada')
    await until(() => !list.status().isBehind)
    // A replica that had not yet got the last entry, and whose clock is behind.
    await client.sendCommand(['DEL', KEY])
    await client.sendCommand(['XADD', KEY, `${Date.now() - 60_000}-0`, 'entry', '{"type":"user","ids":["bob"]}'])
    assert.equal(list.status().entries, 1)
    await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
    await until(() => list.status().entries === 2)
  })

  test('a long outage leaves no connections behind that all come back at its end', async (t) => {
    const redis = await redisFor(t)
    const client = await clientOf(t, redis)
    const copies = []
    const duplicate = client.duplicate.bind(client)
    client.duplicate = (overrides) => {
      const copy = duplicate(overrides)
      copies.push(copy)
      return copy
    }
    const list = listOn(t, client)
    await until(() => !list.status().isBehind)
    await redis.kill()
    await until(() => copies.length > 4, 10_000)
    assert.ok(copies.filter(({ isOpen }) => isOpen).length <= 1)
    await redis.start()
    await until(() => !list.status().isBehind)
  })

  test('a connection that is cut in the middle of a batch goes on after the last entry, and what comes twice counts once', async (t) => {
    const redis = await redisFor(t)
    const client = await clientOf(t, redis)
    for (let i = 0; i < 2_500; i += 1) {
      client.sendCommand(['XADD', KEY, '*', 'entry', `{"type":"user","ids":["user-${i % 2_000}"]}`])
    }
    await client.sendCommand(['PING'])
    const list = listOn(t, client)
    const killing = setInterval(
      () => client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']).catch(() => {}),
      30,
    )
    await sleep(300)
    clearInterval(killing)
    await until(() => list.status().entries === 2_000 && !list.status().isBehind, 10_000)
    assert.equal(list.status().skipped, 0)
  })

  test('a client of ioredis does as one of redis does', async (t) => {
    const redis = await redisFor(t)
    const client = new Ioredis(redis.port, '127.0.0.1', { enableOfflineQueue: false, lazyConnect: true })
    client.on('error', () => {})
    await client.connect()
    t.after(() => client.disconnect())
    const [list, other] = [listOn(t, client), listOn(t, await clientOf(t, redis))]
    await list.revokeUser('ada')
    await other.revokeUser('bob')
    await until(() => list.status().entries === 2 && other.status().entries === 2)
    await redis.kill()
    await until(() => list.status().isBehind)
    await assert.rejects(list.revokeUser('eve'))
    await redis.start()
    await until(() => !list.status().isBehind)
  })

  test('the example of the documentation shares its list with every process that imports it', async (t) => {
    const redis = await redisFor(t)
    const script = `
      const { revocations } = await import('./examples/revocation/revocations.mjs')
      const [sub, expected] = process.argv.slice(1)
      await revocations.revokeUser(sub)
      while (revocations.status().entries < Number(expected)) await new Promise((resolve) => setTimeout(resolve, 5))
      console.log(revocations.status().entries)
      process.exit()`
    for (const [sub, expected] of [
      ['ada', '1'],
      ['bob', '2'],
    ]) {
      const args = ['--input-type=module', '-e', script, sub, expected]
      assert.equal((await runNode(args, { env: { REDIS_URL: redis.url } })).stdout.trim(), expected)
    }
  })

  test('entries go from the stream once no token can be as old', async (t) => {
    const redis = await redisFor(t)
    const client = await clientOf(t, redis)
    const old = Date.now() - 10 * 3_600_000
    for (let i = 0; i < 500; i += 1) {
      await client.sendCommand(['XADD', KEY, `${old + i}-0`, 'entry', '{"type":"user","ids":["old"]}'])
    }
    const log = redisLog(client, { key: KEY })
    t.after(() => log.close())
    const list = createRevocationList({ log, maxTokenLifetime: 3_600 })
    // The log's time is known from the first on.
    for (const sub of ['ada', 'bob']) await list.revokeUser(sub)
    assert.ok((await client.sendCommand(['XLEN', KEY])) < 200)
    assert.equal(list.status().entries, 2)
  })

  test('a process whose clock is far ahead trims nothing that the others need', async (t) => {
    const redis = await redisFor(t)
    const client = await clientOf(t, redis)
    // Redis trims whole nodes of a hundred.
    for (let i = 0; i < 300; i += 1) {
      await client.sendCommand(['XADD', KEY, '*', 'entry', `{"type":"user","ids":["user-${i}"]}`])
    }
    const ahead = await startProcess(t, redis, { aheadMs: 36 * 3_600_000 })
    for (const sub of ['ada', 'bob']) assert.equal(await ahead.ask('revokeUser', sub), 'done')
    assert.equal(await client.sendCommand(['XLEN', KEY]), 302)
    const late = await startProcess(t, redis)
    await late.refuses(issuer.issueToken({ sub: 'user-0', iat: Math.floor(Date.now() / 1_000) - 5 }))
  })
})

/** Waits until a condition holds. */
async function eventually(condition, limitMs = 10_000) {
  const deadline = performance.now() + limitMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${condition}`)
    await sleep(20)
  }
}
