'use strict'

const { AuthError } = require('./errors')
const { refusal } = require('./verdict')

/** The longest text that EXCHANGEABLE matches, in characters. */
const MAX_LENGTH = 132

/** Opaque tokens of Logto that no API accepts, told by their prefix. The rest has 32 characters. */
const EXCHANGEABLE = /^(pat|sub)_[A-Za-z0-9\-_~+/=]{16,128}$/

/**
 * The kind of a token that has to be exchanged for an access token (RFC 8693); undefined for any other text.
 *
 * @param {string} text
 * @returns {'personal access token' | 'subject token' | undefined}
 */
function exchangeableKind(text) {
  // The length first: matching a giant text would copy it.
  if (text.length > MAX_LENGTH || !EXCHANGEABLE.test(text)) return undefined
  return text.startsWith('pat') ? 'personal access token' : 'subject token'
}

/**
 * The verdict on a token that has to be exchanged; undefined for any other token.
 *
 * @param {string} token
 * @returns {import('./engines/contract').Verdict | undefined}
 */
function refuseExchangeable(token) {
  const kind = exchangeableKind(token)
  return kind && refusal(new AuthError('token_opaque', { kind }))
}

module.exports = { exchangeableKind, refuseExchangeable }
