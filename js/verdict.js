'use strict'

/**
 * @import { AuthError } from 'logto-authkit'
 * @import { Verdict } from './engines/contract'
 */

/**
 * The verdict that refuses a token. Both members are there, so that none is read from Object.prototype.
 *
 * @param {AuthError} error
 * @returns {Verdict}
 */
function refusal(error) {
  return { payload: undefined, error }
}

module.exports = { refusal }
