'use strict'

// A log of one's own, in a real server: the example of the documentation.

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')
const { createRevocationList, verifyAuth } = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')
const { Pool } = require('pg')
const { findPostgres, startPostgres } = require('../tools/postgres-server')
const { startWay } = require('./support/partition')
const { rejection } = require('./support/rejection')
const { until } = require('./support/until')

describe('behind a table of Postgres', {
  skip: findPostgres() === undefined && 'no Postgres server',
  timeout: 120_000,
}, () => {
  const poolOn = (t, { url }) => {
    const pool = new Pool({ connectionString: url, query_timeout: 2_000, connectionTimeoutMillis: 2_000 })
    pool.on('error', () => {})
    t.after(() => pool.end())
    return pool
  }

  /** A list over a pool of its own, as another process would have. */
  const listOn = async (t, postgres) => {
    const { postgresLog } = await import('../examples/revocation/postgres-log.mjs')
    return createRevocationList({ log: await postgresLog(poolOn(t, postgres)) })
  }

  test('what is revoked over one pool is refused over another, and over one that comes late', async (t) => {
    const postgres = await startPostgres()
    t.after(() => postgres.close())
    const issuer = await createTestIssuer()
    t.after(() => issuer.close())
    const [one, other] = [await listOn(t, postgres), await listOn(t, postgres)]
    const token = issuer.issueToken({ sub: 'ada' })
    assert.equal((await verifyAuth(token, { ...issuer.options, revocations: other })).userId, 'ada')
    await one.revokeUser('ada')
    await until(() => other.status().entries === 1)
    const late = await listOn(t, postgres)
    await until(() => late.status().entries === 1)
    for (const revocations of [one, other, late]) {
      assert.equal((await rejection(verifyAuth(token, { ...issuer.options, revocations }))).code, 'token_revoked')
    }
  })

  test('none is missed of many that are revoked at once', async (t) => {
    const postgres = await startPostgres()
    t.after(() => postgres.close())
    const lists = [await listOn(t, postgres), await listOn(t, postgres)]
    await Promise.all(Array.from({ length: 80 }, (_, i) => lists[i % 2].revokeUser(`user-${i}`)))
    await until(() => lists.every((list) => list.status().entries === 80))
  })

  test('rows go once no token can be as old, by the clock of the server', async (t) => {
    const postgres = await startPostgres()
    t.after(() => postgres.close())
    const [pool, list] = [poolOn(t, postgres), await listOn(t, postgres)]
    const isThere = async (sub) =>
      (await pool.query("select from revocations where entry->'ids' ? $1", [sub])).rowCount === 1
    const ADD = 'insert into revocations (at, entry) values (clock_timestamp() - $1::interval, $2)'
    for (const [age, sub] of [
      ['26 hours', 'old'],
      ['24 hours', 'young'],
    ]) {
      await pool.query(ADD, [age, JSON.stringify({ type: 'user', ids: [sub] })])
    }
    await list.revokeUser('ada')
    assert.deepEqual([await isThere('old'), await isThere('young')], [false, true])

    t.mock.method(Date, 'now', () => performance.timeOrigin + performance.now() + 36 * 3_600_000)
    const ahead = await listOn(t, postgres)
    await ahead.revokeUser('bob')
    assert.equal(await isThere('young'), true)
  })

  test('an outage is told, a revocation within it rejects, and what was acknowledged before it holds', async (t) => {
    const postgres = await startPostgres()
    t.after(() => postgres.close())
    const list = await listOn(t, postgres)
    await list.revokeUser('ada')
    await postgres.kill()
    await until(() => list.status().isBehind)
    assert.ok(list.status().lastError)
    await assert.rejects(list.revokeUser('bob'))
    await postgres.start()
    await until(() => !list.status().isBehind, 10_000)
    const late = await listOn(t, postgres)
    await until(() => late.status().entries === 1)
  })

  test('a server that takes over is heard, although its ids are those of rows that were lost', async (t) => {
    const postgres = await startPostgres()
    t.after(() => postgres.close())
    const [pool, one, other] = [poolOn(t, postgres), await listOn(t, postgres), await listOn(t, postgres)]
    for (const sub of ['ada', 'bob']) await one.revokeUser(sub)
    await until(() => other.status().entries === 2)
    // A replica that had not yet got the last row.
    await pool.query('delete from revocations where id = 2')
    await pool.query('alter table revocations alter column id restart with 2')
    await postgres.kill()
    await until(() => other.status().isBehind)
    await postgres.start()
    await one.revokeUser('eve')
    await until(() => other.status().entries === 3 && !other.status().isBehind)
  })

  test('a connection that is lost in the middle of a revocation ends that revocation alone', async (t) => {
    const postgres = await startPostgres()
    t.after(() => postgres.close())
    const url = new URL(postgres.url)
    const way = await startWay(Number(url.port))
    t.after(() => way.close())
    url.port = way.port
    const [list, holder] = [await listOn(t, { url: url.href }), await poolOn(t, postgres).connect()]
    holder.on('error', () => {})
    await holder.query('begin')
    await holder.query('lock table revocations in exclusive mode')
    const revoking = assert.rejects(list.revokeUser('ada'))
    const isWaiting = async () => (await holder.query('select from pg_locks where not granted')).rowCount === 1
    await until(isWaiting)
    // At once, as a network that is gone: the server says nothing.
    way.mend()
    await revoking
    await holder.query('rollback')
    holder.release()
    await list.revokeUser('bob')
    await until(() => !list.status().isBehind)
  })
})
