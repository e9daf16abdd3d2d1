'use strict'

const assert = require('node:assert/strict')
const { setTimeout: sleep } = require('node:timers/promises')
const { clearJwksCache, createVerifier, verifyAuth } = require('logto-authkit')
const { binding } = require('../../js/engines/native/binding')
const { rejection } = require('./rejection')
const { startTenant } = require('./tenant')

const SECOND = 1_000

/** Moves the key cache's clock forward, for all tests of this process. Debug builds of the addon can. */
const advance = isEdge() ? advanceOrigin : (milliseconds) => binding().advanceClock(Math.round(milliseconds))

/** The Edge engine's clock is the platform's: its origin moves, the time since then stays for tests to measure with. */
function advanceOrigin(milliseconds) {
  const value = performance.timeOrigin + milliseconds
  Object.defineProperty(performance, 'timeOrigin', { value, configurable: true })
}

function isEdge() {
  return process.execArgv.includes('--conditions=edge-light')
}

/** A tenant, and so a state, of a test's own. */
async function withTenant(t) {
  // Its port may have been another tenant's before.
  clearJwksCache()
  const tenant = await startTenant()
  t.after(() => tenant.close())
  return tenant
}

const codeOf = async (promise) => (await rejection(promise)).code

/** A verifier that has the keys of a tenant of its own. */
async function withWarmVerifier(t, options) {
  const tenant = await withTenant(t)
  const token = await tenant.issue()
  const verifier = createVerifier({ ...tenant.options, ...options })
  const accepts = async (which = token) => assert.equal((await verifier.verify(which)).userId, 'user-1')
  const refuses = async (code, which = token) => assert.equal(await codeOf(verifier.verify(which)), code)
  await accepts()
  return { tenant, token, verifier, accepts, refuses }
}

/** A tenant with the same keys under any path, which counts what is asked for under each. */
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

async function until(condition, limitMs = 5_000) {
  const deadline = performance.now() + limitMs
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${condition}`)
    await sleep(5)
  }
}

/** Long enough for a fetch in the background to arrive, if there is one. */
const settle = () => sleep(60)

/** A tenant's answers. */
const failWith = (status) => (_req, res) => res.writeHead(status).end()
const hang = () => {}

/** The token with another `kid`: nobody's signature, but as good as any where no key is found. */
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
  until,
  withKid,
  withPaths,
  withTenant,
  withWarmVerifier,
}
