'use strict'

// The same cases for both engines. The native engine runs in this process; the Edge engine runs in another process, or
// in workerd if EDGE_WORKER names a bundle.

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const authkit = require('logto-authkit')
const { BODIES, CALLS, OPTIONS, TEXTS } = require('./hostile/both-engines')
const { startWorld } = require('./hostile/world')
const { startEdgeProcess, startEdgeWorker } = require('./support/edge-process')
const { outcomeOf } = require('./support/outcome')
const { createKey } = require('./support/tenant')

const TOKENS = require('./hostile/tables')

const KEYS = {
  'what a key is for': require('./hostile/key-purposes'),
  'what a key is made of': require('./hostile/key-material'),
  'what stands in a set': require('./hostile/key-sets'),
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

const makersOf = ({ rows, controls }) => [
  ...rows.map(([name, , make]) => [name, make]),
  ...controls.map(([name, make]) => [name, make]),
]

let world
let edge
before(async () => {
  world = await startWorld()
  const { EDGE_WORKER } = process.env
  edge = await (EDGE_WORKER === undefined ? startEdgeProcess() : startEdgeWorker(EDGE_WORKER))
})
after(() => Promise.all([world.close(), edge.close()]))

/** The outcome of a call, which must be the same on both engines. */
async function same(name, ...args) {
  const native = await outcomeOf(authkit, name, args)
  const onEdge = await edge.outcomeOf(name, ...args)
  // The Edge engine's outcome came as JSON from another process, without members that are undefined.
  assert.deepEqual(onEdge, JSON.parse(JSON.stringify(native)))
  return native
}

for (const [theme, table] of Object.entries(TOKENS)) {
  describe(`tokens, ${theme}: both engines say the same`, () => {
    for (const [name, make] of makersOf(table)) {
      test(name, async () => {
        const made = await make(world)
        const { token, options } = typeof made === 'string' ? { token: made, options: world.tenant.options } : made
        await same('verifyAuth', token, options)
        await same('verifyAuth', token, { ...options, allowGuest: true })
      })
    }
  })
}

describe('keys: both engines say the same', () => {
  const answer = (body) => {
    world.tenant.answer = (_req, res) => res.end(body)
  }
  after(() => {
    world.tenant.answer = undefined
  })

  for (const [theme, table] of Object.entries(KEYS)) {
    for (const [name, make] of makersOf(table)) {
      test(`${theme}: ${name}`, async () => {
        const { keys, body = world.bodyOf(keys), token } = await make(world)
        answer(body)
        await same('verifyAuth', token, { ...world.tenant.options, skipJwksCache: true })
        if (keys === undefined) return
        await same('verifyAuth', token, { ...world.tenant.options, jwks: JSON.parse(world.bodyOf(keys)) })
      })
    }
  }

  for (const [name, isAccepted, bodyOf] of BODIES) {
    test(`a set ${name}`, async () => {
      answer(bodyOf(JSON.stringify(world.keys.ES384.jwk)))
      const outcome = await same('verifyAuth', world.token(), { ...world.tenant.options, skipJwksCache: true })
      assert.equal(outcome.value !== undefined, isAccepted, JSON.stringify(outcome))
    })
  }

  for (const alg of ALGORITHMS) {
    for (const changes of [{}, { alg: undefined, use: undefined }]) {
      test(`${alg} under a JWK ${Object.keys(changes).length === 0 ? 'with' : 'without'} alg`, async () => {
        const key = await createKey(alg, changes)
        answer(JSON.stringify({ keys: [key.jwk] }))
        const options = { ...world.tenant.options, skipJwksCache: true }
        assert.ok((await same('verifyAuth', world.token({ key }), options)).value)
        const header = { alg: ALGORITHMS.find((other) => other !== alg) }
        assert.equal((await same('verifyAuth', world.token({ key, header }), options)).value, undefined)
      })
    }
  }
})

describe('payload texts: both engines say the same', () => {
  for (const [name, isAccepted, text] of TEXTS) {
    test(name, async () => {
      const token = world.tokenWithClaim('x', text)
      const outcome = await same('verifyAuth', token, world.tenant.options)
      assert.equal(outcome.value !== undefined, isAccepted, JSON.stringify(outcome))
    })
  }
})

describe('options and calls: both engines say the same', () => {
  for (const [name, changes] of OPTIONS) {
    test(`options: ${name}`, async () => {
      const token = world.token({ header: { typ: 'application/AT+JWT' } })
      await same('verifyAuth', token, { ...world.tenant.options, ...changes(world) })
      await same('prefetch', { ...world.tenant.options, ...changes(world) })
    })
  }

  for (const [name, argsOf] of CALLS) {
    test(name, async () => {
      await same(...argsOf(world))
    })
  }

  test('verifySync is the one call that Edge runtimes do not have, and says so', async () => {
    const args = [{ ...world.tenant.options, allowGuest: true }, world.token()]
    await same('verifyAuth', world.token(), world.tenant.options)
    assert.ok((await outcomeOf(authkit, 'verifySync', args)).value)
    const { code, status, message } = await edge.outcomeOf('verifySync', ...args)
    assert.deepEqual([code, status], ['options_invalid', 500])
    assert.match(message, /verifySync: not available in Edge runtimes/)
    await same('verifySync', args[0], '')
  })
})

describe('the endpoint: both engines say the same', () => {
  for (const status of [201, 204, 206, 301, 302, 307, 400, 401, 404, 429, 500, 503]) {
    test(`status ${status}`, async () => {
      world.tenant.answer = (_req, res) => res.writeHead(status, { Location: world.attacker.url }).end()
      const options = { ...world.tenant.options, skipJwksCache: true }
      const { details } = await same('verifyAuth', world.token(), options)
      assert.equal(details.reason, `status ${status}`)
      assert.equal(world.attacker.hits, 0)
    })
  }

  for (const [name, size] of Object.entries({ 'of 256 KiB': 0, 'of a byte more': 1 })) {
    test(`a body ${name}`, async () => {
      const body = JSON.stringify({ keys: [world.keys.ES384.jwk] }).padEnd(256 * 1024 + size)
      world.tenant.answer = (_req, res) => res.end(body)
      const outcome = await same('verifyAuth', world.token(), { ...world.tenant.options, skipJwksCache: true })
      assert.equal(outcome.value !== undefined, size === 0)
    })
  }

  for (const [name, answer] of Object.entries({
    'no answer': () => {},
    'an answer that does not end': (_req, res) => res.write('{"keys":['),
  })) {
    test(name, async () => {
      world.tenant.answer = answer
      const options = { ...world.tenant.options, skipJwksCache: true, jwksTimeoutMs: 200 }
      const { details } = await same('verifyAuth', world.token(), options)
      assert.equal(details.reason, 'no complete answer within 200 ms')
    })
  }
})
