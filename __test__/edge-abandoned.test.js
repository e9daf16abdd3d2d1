'use strict'

// A Workers runtime drops a fetch with the request that began it, and settles nothing.

const assert = require('node:assert/strict')
const { generateKeyPairSync } = require('node:crypto')
const { afterEach, mock, test } = require('node:test')
const { Deadline, Entry } = require('../js/engines/portable/jwks/cache')

const POLICY = { jwksCacheTtlMs: 1_000, jwksMaxStaleMs: 0, jwksTimeoutMs: 1_000 }

const KEY = generateKeyPairSync('ed25519', { publicKeyEncoding: { format: 'jwk' } }).publicKey

afterEach(() => mock.restoreAll())

test('a caller who waits for an abandoned fetch is answered in time', async () => {
  mock.method(globalThis, 'fetch', () => new Promise(() => {}))
  const entry = new Entry('https://tenant.example/oidc/jwks')
  const { flight } = entry.lookup(POLICY)
  await assert.rejects(entry.wait(flight, POLICY, new Deadline({ ...POLICY, jwksTimeoutMs: 30 })), {
    code: 'jwks_unavailable',
    status: 503,
  })
})

test('an abandoned fetch is taken for lost after a second more than its limit, and what it brings later is not kept', async () => {
  const answers = []
  mock.method(globalThis, 'fetch', () => new Promise((resolve) => answers.push(resolve)))
  const entry = new Entry('https://tenant.example/oidc/jwks')
  const first = entry.lookup(POLICY).flight
  assert.equal(entry.lookup(POLICY).flight, first)
  const later = Date.now() + 6_100
  mock.method(Date, 'now', () => later)
  const second = entry.lookup(POLICY).flight
  assert.notEqual(second, first)
  answers[1](Response.json({ keys: [KEY] }))
  const { keys } = await second.landingWithin(1_000)
  answers[0](Response.json({ keys: [KEY] }))
  await first.landingWithin(1_000)
  assert.equal(entry.lookup(POLICY).keys, keys)
})

test('a fetch that was taken for lost stays lost where the wall clock is set back', async () => {
  const answers = []
  mock.method(globalThis, 'fetch', () => new Promise((resolve) => answers.push(resolve)))
  const policy = { ...POLICY, jwksTimeoutMs: 5_000 }
  const entry = new Entry('https://tenant.example/oidc/jwks')
  const { flight } = entry.lookup(policy)
  const waiting = entry.wait(flight, policy, new Deadline(policy))
  const clock = mock.method(Date, 'now', () => performance.timeOrigin + performance.now() + 6_100)
  const successor = entry.lookup(policy).flight
  assert.notEqual(successor, flight)
  clock.mock.restore()
  answers[0](Response.json({ keys: [{ ...KEY, kid: 'before the freeze' }] }))
  await new Promise((resolve) => setTimeout(resolve, 20))
  answers[1](Response.json({ keys: [KEY] }))
  assert.equal(await waiting, (await successor.landingWithin(1_000)).keys)
})

test('a caller who is told that the fetch is gone makes one of its own', async () => {
  const answers = []
  mock.method(globalThis, 'fetch', () => new Promise((resolve) => answers.push(resolve)))
  const entry = new Entry('https://tenant.example/oidc/jwks')
  const { flight } = entry.lookup(POLICY)
  // What workerd does to an await of a promise whose request is over.
  mock.method(Promise, 'race', () => Promise.reject(new Error('This promise will never resolve')), { times: 1 })
  const waiting = entry.wait(flight, POLICY, new Deadline(POLICY))
  await new Promise(setImmediate)
  assert.equal(answers.length, 2)
  answers[1](Response.json({ keys: [KEY] }))
  const keys = await waiting
  assert.equal(entry.lookup(POLICY).keys, keys)
})

test('a token whose key is new is not refused for a fetch that is lost', async () => {
  const answers = []
  mock.method(globalThis, 'fetch', () => new Promise((resolve) => answers.push(resolve)))
  const policy = { ...POLICY, jwksCacheTtlMs: 300_000 }
  const entry = new Entry('https://tenant.example/oidc/jwks')
  const { flight } = entry.lookup(policy)
  answers[0](Response.json({ keys: [KEY] }))
  const { keys } = await flight.landingWithin(1_000)
  const refresh = entry.lookupUnknownKid(policy, keys).flight
  const waiting = [1, 2].map(() => entry.wait(refresh, policy, new Deadline(policy)))
  const later = Date.now() + 6_100
  mock.method(Date, 'now', () => later)
  answers[1](Response.json({ keys: [KEY] }))
  await new Promise(setImmediate)
  answers[2]?.(Response.json({ keys: [KEY, { ...KEY, kid: 'new' }] }))
  const [first, second] = await Promise.all(waiting)
  assert.equal(first.count, 2)
  assert.equal(second, first)
  assert.equal(answers.length, 3)
})
