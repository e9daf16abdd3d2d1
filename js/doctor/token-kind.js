'use strict'

const { exchangeableKind } = require('../exchangeable')
const { couldBeClientId } = require('../id-token')

/** Claims that ID tokens have, and Logto's access tokens do not. */
const OF_ID_TOKENS = ['nonce', 'at_hash', 'auth_time', 's_hash', 'c_hash']

/**
 * What kind of Logto's tokens this is, where it is not an access token. Nothing of it is proven.
 *
 * @param {import('./token').Reading} token
 * @returns {'personal access token' | 'subject token' | 'ID token' | 'logout token' | undefined}
 */
function kindOf({ bare, header, claims }) {
  if (header === null || claims === null) return exchangeableKind(bare)
  if (header.typ === 'logout+jwt' || Object.hasOwn(claims, 'events')) return 'logout token'
  return looksLikeIdToken(header, claims) ? 'ID token' : undefined
}

/**
 * An ID token of Logto's has no `typ`, no `client_id`, no `scope`, and its audience is the client's id.
 *
 * @param {Record<string, any>} header
 * @param {Record<string, any>} claims
 */
function looksLikeIdToken(header, claims) {
  const isAccessToken = header.typ === 'at+jwt' || Object.hasOwn(claims, 'client_id') || Object.hasOwn(claims, 'scope')
  if (isAccessToken) return false
  const isForClient = typeof claims.aud === 'string' && couldBeClientId(claims.aud)
  return isForClient || OF_ID_TOKENS.some((name) => Object.hasOwn(claims, name))
}

module.exports = { kindOf }
