'use strict'

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const { verifyAuth } = require('logto-authkit')
const { rejection } = require('./support/rejection')
const { startWorld } = require('./hostile/world')

const TABLES = require('./hostile/tables')

describe('hostile tokens', () => {
  let world
  before(async () => {
    world = await startWorld()
  })
  after(() => world.close())

  /** The token of a row, and the options to verify it with. */
  async function prepare(make) {
    const made = await make(world)
    return typeof made === 'string' ? { token: made, options: world.tenant.options } : made
  }

  for (const name of ['ES384', 'ES256', 'ES512', 'RS256', 'PS256', 'EdDSA', 'Ed25519', 'bare']) {
    test(`the same forge makes a good token: ${name}`, async () => {
      const { payload } = await verifyAuth(world.token({ key: world.keys[name] }), world.tenant.options)
      assert.deepEqual(Object.keys(payload), Object.keys(world.claims()))
    })
  }

  for (const [theme, { rows, controls }] of Object.entries(TABLES)) {
    describe(theme, () => {
      for (const [name, make] of controls) {
        test(`${name}: accepted, so that the rows are refused for their own fault`, async () => {
          const { token, options } = await prepare(make)
          assert.equal((await verifyAuth(token, options)).userId, 'user-1')
        })
      }

      for (const [name, code, make] of rows) {
        test(`${name}: ${code}`, async () => {
          const { token, options } = await prepare(make)
          const error = await rejection(verifyAuth(token, options))
          assert.deepEqual(
            [error.code, error.status],
            [code, code === 'scope_missing' ? 403 : 401],
            JSON.stringify(error.details),
          )
          assert.ok(error.message.length < 150, 'a message is short')
          assert.ok(JSON.stringify(error.details).length < 4_000, 'details are bounded')
          const guest = await verifyAuth(token, { ...options, allowGuest: true })
          assert.deepEqual([guest.isAuthenticated, guest.userId, guest.payload], [false, null, null])
        })
      }
    })
  }

  test('every row has a name of its own', () => {
    const names = Object.values(TABLES).flatMap(({ rows }) => rows.map(([name]) => name))
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
    )
  })

  test('no row makes the verifier fetch from the attacker, or too often from the tenant', () => {
    assert.equal(world.attacker.hits, 0)
    // The first fetch, and the fetches that unknown kids may cause: one at once, then one each half minute.
    const allowed = 2 + Math.floor((performance.now() - world.startedAt) / 30_000)
    assert.ok(world.tenant.fetches <= allowed, `${world.tenant.fetches} fetches`)
  })
})
