'use strict'

/** @import { AuthError } from 'logto-authkit' */

const { isRefusal } = require('./errors')
const { tellOfMistake } = require('./warnings')

/**
 * The HTTP response to an error. What is wrong with the app's set-up is told to its operator, not to its clients.
 *
 * @param {AuthError} error
 */
function refusalResponse(error) {
  const { status, headers } = error
  if (!isRefusal(error)) tellOfMistake(error)
  const { message, code } = error.toJSON()
  return { status, headers, body: { error: titleOf(error), message, code } }
}

/**
 * The `error` of the body. Any other status is an outage, of the app or of the tenant.
 *
 * @param {AuthError} error
 */
function titleOf({ code, status }) {
  if (code === 'token_missing') return 'Authentication required'
  if (status === 403) return 'Access denied'
  return status === 401 ? 'Authentication failed' : 'Authentication unavailable'
}

module.exports = { refusalResponse }
