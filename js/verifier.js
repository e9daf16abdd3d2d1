'use strict'

/** @import { AuthContext, AuthenticatedContext } from 'logto-authkit' */

const { Authenticator, authenticatorFor } = require('./authenticator')
const { isThenable } = require('./thenable')

/** @type {typeof import('logto-authkit').createVerifier} */
function createVerifier(options) {
  const authenticator = new Authenticator(options)
  return {
    verify: (tokenOrRequest) => verify(() => authenticator, tokenOrRequest),
    verifySync: (token) => authenticator.authenticateSync(token),
    prefetch: () => authenticator.engine.prefetch(),
  }
}

/** @type {typeof import('logto-authkit').verifyAuth} */
function verifyAuth(tokenOrRequest, options) {
  return verify(() => authenticatorFor(options), tokenOrRequest)
}

/** @type {typeof import('logto-authkit').verifyLogtoToken} */
function verifyLogtoToken(token, options) {
  const verdict = verify(() => authenticatorFor(options), typeof token === 'string' ? token : '', false)
  return /** @type {Promise<AuthenticatedContext<any>>} */ (verdict)
}

/**
 * @param {() => ReturnType<typeof authenticatorFor>} findAuthenticator
 * @param {unknown} tokenOrRequest
 * @returns {Promise<AuthContext<any>>}
 */
async function verify(findAuthenticator, tokenOrRequest, mayBeGuest = true) {
  const authenticator = findAuthenticator()
  let outcome = authenticator.authenticate(tokenOrRequest)
  // A refusal is deferred: rejecting before the caller awaits makes Node track the promise as unhandled, which takes long.
  if (isThenable(outcome) || outcome.error !== undefined) outcome = await outcome
  const { auth, error } = outcome
  if (error === undefined) return auth
  authenticator.observe(error, tokenOrRequest)
  if (auth === undefined || !mayBeGuest) throw error
  return auth
}

module.exports = { createVerifier, verifyAuth, verifyLogtoToken }
