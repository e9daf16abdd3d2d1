'use strict'

const assert = require('node:assert/strict')
const { AuthError } = require('logto-authkit')

/** The AuthError with which a promise rejects. */
async function rejection(promise) {
  const error = await promise.then(
    (value) => assert.fail(`accepted: ${JSON.stringify(value)}`),
    (reason) => reason,
  )
  assert.ok(error instanceof AuthError, error?.stack)
  return error
}

module.exports = { rejection }
