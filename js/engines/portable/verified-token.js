'use strict'

// A token whose signature is verified. Mirrors src/verified_token.rs.

/**
 * @import { AuthPayload } from 'logto-authkit'
 * @import { Claims } from './claims'
 * @import { Key } from './signature'
 * @import { Jws } from './token'
 */

const { AuthError } = require('../../errors')
const { readClaims } = require('./claims')
const { parseObject } = require('./strict-json')
const { malformed } = require('./token')

/**
 * Verifies the signature of a token and reads its claims. Nothing else gives claims that can be believed.
 *
 * @param {Jws} jws
 * @param {Key} key
 * @returns {Promise<{ claims: Claims, payload: AuthPayload }>}
 * @throws {AuthError} `signature_invalid`; `token_malformed`: the payload is no object; `claim_invalid`: a claim is missing
 *   or of the wrong type
 */
async function verifyToken(jws, key) {
  if (!(await key.verifies(jws))) throw new AuthError('signature_invalid')
  const payload = parseObject(jws.payload)
  if (payload === undefined) throw malformed('the payload is not a JSON object of unique members')
  return { claims: readClaims(payload, jws.typ), payload: /** @type {AuthPayload} */ (payload) }
}

module.exports = { verifyToken }
