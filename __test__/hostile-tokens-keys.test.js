'use strict'

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const { verifyAuth } = require('logto-authkit')
const { rejection } = require('./support/rejection')
const { startWorld } = require('./hostile/world')

const TABLES = {
  'what a key is for': require('./hostile/key-purposes'),
  'what a key is made of': require('./hostile/key-material'),
  'what stands in a set': require('./hostile/key-sets'),
}

describe('tokens for keys that must not verify', () => {
  let world
  before(async () => {
    world = await startWorld()
  })
  after(() => world.close())

  /** Judges the token of a row, with a tenant that publishes the keys of the row. */
  async function judge(make) {
    const { keys, body = world.bodyOf(keys), token } = await make(world)
    world.tenant.answer = (_req, res) => res.end(body)
    return verifyAuth(token, { ...world.tenant.options, skipJwksCache: true })
  }

  for (const [theme, { rows, controls }] of Object.entries(TABLES)) {
    describe(theme, () => {
      for (const [name, make] of controls) {
        test(`${name}: accepted, so that the rows are refused for their own fault`, async () => {
          assert.equal((await judge(make)).userId, 'user-1')
        })
      }

      for (const [name, code, make] of rows) {
        test(`${name}: ${code}`, async () => {
          const error = await rejection(judge(make))
          assert.deepEqual([error.code, error.status], [code, code === 'jwks_unavailable' ? 503 : 401])
        })
      }
    })
  }
})
