'use strict'

const { AuthError } = require('./errors')

/** Opaque tokens of Logto's own making that no API takes as they are, by their prefix. The rest is 32 characters. */
const MAX_LENGTH = 132
const EXCHANGEABLE = /^(pat|sub)_[A-Za-z0-9\-_~+/=]{16,128}$/

/**
 * What kind of token a text is, if it has to be exchanged for an access token (RFC 8693).
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
 * The verdict on such a token, which needs no engine.
 *
 * @param {string} token
 * @returns {import('./engines/contract').Verdict | undefined}
 */
function refuseExchangeable(token) {
  const kind = exchangeableKind(token)
  return kind && { payload: undefined, error: new AuthError('token_opaque', { kind }) }
}

module.exports = { exchangeableKind, refuseExchangeable }
