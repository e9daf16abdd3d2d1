'use strict'

// A token whose signature is verified. Mirrors src/verified_token.rs.

/**
 * @import { AuthPayload } from 'logto-authkit'
 * @import { Claims } from '../claims'
 * @import { Key } from './signature'
 * @import { Jws } from './token'
 */

const { AuthError } = require('../../errors')
const { readClaims } = require('../claims')
const { parseObject } = require('./strict-json')
const { malformed } = require('./token')

/**
 * Claims that can be believed, and the payload that they stand in. Nothing but the two functions that follow gives any.
 * @typedef {{ claims: Claims, payload: AuthPayload }} VerifiedToken
 */

/**
 * Verifies the signature of a token and reads its claims.
 *
 * @param {Jws} jws
 * @param {Key} key
 * @returns {Promise<VerifiedToken>}
 * @throws {AuthError} `signature_invalid`; `token_malformed`: the payload is no object; `claim_invalid`: a claim is missing
 *   or of the wrong type
 */
async function verifyToken(jws, key) {
  return readVerified(jws, await key.verifies(jws))
}

/**
 * The same at once, where the runtime can.
 *
 * @param {Jws} jws
 * @param {Key} key
 * @returns {VerifiedToken}
 */
function verifyTokenSync(jws, key) {
  return readVerified(jws, key.verifiesSync(jws))
}

/**
 * @param {Jws} jws
 * @param {boolean} isSigned
 */
function readVerified(jws, isSigned) {
  if (isSigned !== true) throw new AuthError('signature_invalid')
  const payload = parseObject(jws.payload)
  if (payload === undefined) throw malformed('the payload is not a JSON object of unique members')
  return { claims: readClaims(payload, jws.typ), payload: /** @type {AuthPayload} */ (payload) }
}

module.exports = { verifyToken, verifyTokenSync }
