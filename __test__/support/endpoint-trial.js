'use strict'

const assert = require('node:assert/strict')
const { clearJwksCache, getEngine, verifyAuth } = require('logto-authkit')
const { startRawServer } = require('./raw-server')
const { rejection } = require('./rejection')
const { startTenant } = require('./tenant')

const TIMEOUT_MS = 500
const SLACK_MS = 2_000

/** The portable engine fetches with the platform's fetch, which keeps connections for the next request. */
const KEEPS_CONNECTIONS = getEngine() === 'portable'

/** A good token of a tenant, and functions that verify it with the keys of an endpoint under trial. */
async function startTrial() {
  const tenant = await startTenant()
  const token = await tenant.issue()
  const { jwk } = tenant.keys[0]

  const optionsFor = (origin) => ({ ...tenant.options, jwksUri: `${origin}/oidc/jwks`, jwksTimeoutMs: TIMEOUT_MS })

  const withServer = async (t, answer, host) => {
    // An earlier server may have had the same port, and the cache remembers its failures.
    clearJwksCache()
    const server = await startRawServer(answer, host)
    t.after(server.close)
    return server
  }

  /** The refusal where keys come from that origin: bounded in time, and telling the client nothing about it. */
  const refusalFrom = async (origin, options = {}) => {
    const start = performance.now()
    const error = await rejection(verifyAuth(token, { ...optionsFor(origin), ...options }))
    assert.ok(performance.now() - start < TIMEOUT_MS + SLACK_MS, 'takes too long')
    assert.deepEqual(
      [error.code, error.status, error.message],
      ['jwks_unavailable', 503, 'Token verification failed: Unable to fetch signing keys (JWKS)'],
    )
    assert.ok(error.details.retryAfterSeconds >= 1)
    return error
  }

  /** The same for an endpoint with that answer, which is asked once (or as often as said) and hung up on. Its reason, for
   * server logs. */
  const refusalOf = async (t, answer, { requests = 1, options = {} } = {}) => {
    const server = await withServer(t, answer)
    const error = await refusalFrom(server.origin, options)
    assert.equal(server.requests.length, requests, 'how often it was asked')
    assert.ok(KEEPS_CONNECTIONS || (await server.isDesertedWithin(SLACK_MS)), 'the connection is left open')
    return error.details.reason
  }

  const acceptedFrom = async (origin) => {
    assert.equal((await verifyAuth(token, optionsFor(origin))).userId, 'user-1')
  }

  return {
    token,
    jwk,
    keySet: JSON.stringify({ keys: [jwk] }),
    logtoUrl: tenant.logtoUrl,
    optionsFor,
    withServer,
    refusalFrom,
    refusalOf,
    acceptedFrom,
    close: tenant.close,
  }
}

module.exports = { KEEPS_CONNECTIONS, SLACK_MS, TIMEOUT_MS, startTrial }
