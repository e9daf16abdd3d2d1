'use strict'

const assert = require('node:assert/strict')
const { setTimeout: sleep } = require('node:timers/promises')
const { clearJwksCache, createVerifier, getEngine, verifyAuth } = require('logto-authkit')
const { binding } = require('../../js/engines/native/binding')
const { rejection } = require('./rejection')
const { startTenant } = require('./tenant')

const SECOND = 1_000

/** Moves the key cache's clock forward, for all tests of this process. Only debug builds of the addon can do this. */
const advance =
  getEngine() === 'portable' ? advanceOrigin : (milliseconds) => binding().advanceClock(Math.round(milliseconds))

/** Moves the clock of the portable engine, which is the platform's. Only its origin moves, so `performance.now()` stays. */
function advanceOrigin(milliseconds) {
  const value = performance.timeOrigin + milliseconds
  Object.defineProperty(performance, 'timeOrigin', { value, configurable: true })
}

/** A tenant for one test, so that the test has a cache entry of its own. */
async function withTenant(t) {
  // An earlier tenant may have had the same port.
  clearJwksCache()
  const tenant = await startTenant()
  t.after(() => tenant.close())
  return tenant
}

const codeOf = async (promise) => (await rejection(promise)).code

/** A verifier with fresh keys, and its tenant. */
async function withWarmVerifier(t, options) {
  const tenant = await withTenant(t)
  const token = await tenant.issue()
  const verifier = createVerifier({ ...tenant.options, ...options })
  const accepts = async (which = token) => assert.equal((await verifier.verify(which)).userId, 'user-1')
  const refuses = async (code, which = token) => assert.equal(await codeOf(verifier.verify(which)), code)
  await accepts()
  return { tenant, token, verifier, accepts, refuses }
}

/** A tenant with the same keys under every path, which counts the requests of each path. */
async function withPaths(t) {
  const tenant = await withTenant(t)
  const token = await tenant.issue()
  const fetches = {}
  tenant.answer = (req, res) => {
    fetches[req.url] = (fetches[req.url] ?? 0) + 1
    res.end(JSON.stringify({ keys: [tenant.keys[0].jwk] }))
  }
  const verify = (n) => verifyAuth(token, { ...tenant.options, jwksUri: `${tenant.logtoUrl}/${n}` })
  return { tenant, verify, fetchesOf: (n) => fetches[`/${n}`] }
}

/** Waits long enough for a fetch in the background to arrive. */
const settle = () => sleep(60)

/** Answers of a tenant. */
const failWith = (status) => (_req, res) => res.writeHead(status).end()
const hang = () => {}

/** The token with another `kid`. Its signature is wrong then, which does not matter if no key is found. */
function withKid(token, kid) {
  const [header, ...rest] = token.split('.')
  const members = JSON.parse(Buffer.from(header, 'base64url'))
  return [Buffer.from(JSON.stringify({ ...members, kid })).toString('base64url'), ...rest].join('.')
}

module.exports = {
  SECOND,
  advance,
  codeOf,
  failWith,
  hang,
  settle,
  withKid,
  withPaths,
  withTenant,
  withWarmVerifier,
}
