'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { createVerifier, clearJwksCache, getJwksStatus } = require('logto-authkit')
const edge = require('../js/engines/portable/engine')
const { readOptions } = require('../js/options')
const { startTenant } = require('./support/tenant')

test('the Edge engine gives the status of keys as the native engine does', async (t) => {
  const [up, down] = await Promise.all([startTenant(), startTenant()])
  t.after(() => Promise.all([up.close(), down.close()]))
  down.answer = (_req, res) => res.writeHead(503).end()
  clearJwksCache()
  edge.forgetAllKeys()
  for (const { options } of [up, down]) {
    await createVerifier(options)
      .prefetch()
      .catch(() => {})
    await new edge.Engine({ ...readOptions(options), jwksUri: `${options.logtoUrl}/oidc/jwks` })
      .prefetch()
      .catch(() => {})
  }
  const withoutTimes = ({ ageMs, failure, ...status }) => {
    const { retryAfterMs, ...rest } = failure ?? {}
    return { ...status, hasAge: typeof ageMs, ...rest, hasRetry: typeof retryAfterMs }
  }
  const statuses = edge.keysStatus().map(withoutTimes)
  assert.deepEqual(statuses, getJwksStatus().map(withoutTimes))
  assert.deepEqual(
    statuses.map(({ keys, reason }) => [keys, reason]),
    [
      [0, 'status 503'],
      [1, undefined],
    ],
  )
})
