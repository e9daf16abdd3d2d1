'use strict'

// Logout tokens: OpenID Connect Back-Channel Logout 1.0.

/** @import { Engine } from '../engines/contract' */

const { AuthError } = require('../errors')
const { takeOptions } = require('../given-options')
const { invalid, isText, refuseOthers } = require('../option-values')
const { readOptions } = require('../options')
const { own } = require('../own')
const { engineFor } = require('../tenants')

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

const KNOWN = ['logtoUrl', 'clientId', 'issuer', 'jwksUri', 'jwks', 'clockTolerance']

/** The engine for each options object. @type {WeakMap<object, Engine>} */
const engines = new WeakMap()

/** @type {typeof import('logto-authkit').verifyLogoutToken} */
async function verifyLogoutToken(token, options) {
  if (typeof token !== 'string' || token === '') throw new AuthError('token_missing')
  const { payload, error } = await logoutEngineFor(options).verify(token)
  if (error !== undefined) throw error
  const { sub, iat, sid } = checked(payload)
  return sid === undefined ? { sub, iat } : { sub, iat, sid }
}

/**
 * A logout token is for a client, and of a type of its own: no access token and no ID token is one.
 *
 * @param {object} options
 * @returns {Engine}
 * @throws {AuthError} `options_invalid`
 */
function logoutEngineFor(options) {
  const known = engines.get(options)
  if (known !== undefined) return known
  const { clientId, ...others } = takeOptions(options)
  refuseOthers(others, KNOWN)
  if (!isText(clientId)) throw invalid('clientId', 'a non-empty string is required')
  const given = { ...others, audience: clientId, tokenType: 'logout+jwt', tokenCacheSize: 0 }
  const engine = engineFor(readOptions(/** @type {any} */ (given)))
  engines.set(options, engine)
  return engine
}

/**
 * The claims that section 2.6 asks for beyond those of any token of ours.
 *
 * @param {any} payload
 * @returns {{ sub: string, iat: number, sid?: string }}
 * @throws {AuthError} `claim_invalid`
 */
function checked(payload) {
  const [events, nonce, sid, iat, jti] = ['events', 'nonce', 'sid', 'iat', 'jti'].map((name) => own(payload, name))
  const event = own(Object(events), EVENT)
  if (typeof event !== 'object' || event === null || Array.isArray(event)) throw refused('events', 'not a logout')
  if (nonce !== undefined || Object.hasOwn(payload, 'nonce'))
    throw refused('nonce', 'an ID token has one, no logout token')
  if (typeof iat !== 'number') throw refused('iat', 'missing')
  if (!isText(jti)) throw refused('jti', 'missing')
  if (sid !== undefined && !isText(sid)) throw refused('sid', 'not a string')
  return { sub: payload.sub, iat, sid }
}

/**
 * @param {string} claim
 * @param {string} reason
 */
function refused(claim, reason) {
  return new AuthError('claim_invalid', { claim, reason })
}

module.exports = { logoutEngineFor, verifyLogoutToken }
