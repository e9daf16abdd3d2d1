'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { createVerifier, clearJwksCache, getJwksStatus, invalidateJwksCache } = require('logto-authkit')
const { startTenant } = require('./support/tenant')

test('both engines give the same status of keys, side by side in one process', async (t) => {
  const [up, down] = await Promise.all([startTenant(), startTenant()])
  t.after(() => Promise.all([up.close(), down.close()]))
  down.answer = (_req, res) => res.writeHead(503).end()
  clearJwksCache()
  for (const { options } of [up, down]) {
    for (const engine of ['native', 'portable']) {
      await createVerifier({ ...options, engine })
        .prefetch()
        .catch(() => {})
    }
  }
  const statusesOf = (engine) =>
    getJwksStatus()
      .filter((status) => status.engine === engine)
      .map(({ engine: _, ageMs, failure, ...status }) => {
        const { retryAfterMs, ...rest } = failure ?? {}
        return { ...status, hasAge: typeof ageMs, ...rest, hasRetry: typeof retryAfterMs }
      })
  assert.deepEqual(statusesOf('portable'), statusesOf('native'))
  assert.deepEqual(
    statusesOf('native').map(({ keys, reason }) => [keys, reason]),
    [
      [0, 'status 503'],
      [1, undefined],
    ],
  )
  assert.equal(invalidateJwksCache(up.options.logtoUrl), 1, 'one set of keys, whoever holds it')
  assert.deepEqual(
    ['native', 'portable'].map((engine) => statusesOf(engine).length),
    [1, 1],
  )
})
