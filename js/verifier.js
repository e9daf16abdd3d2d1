'use strict'

/** @import { AuthContext, AuthenticatedContext } from 'logto-authkit' */
/** @import { CallOptions } from './authenticator' */

const { Authenticator, authenticatorFor } = require('./authenticator')
const { readOrganization } = require('./authorization-options')
const { takeOptions } = require('./given-options')
const { invalid } = require('./option-values')
const { isThenable } = require('./thenable')

/**
 * Of a caller that asks for a token's own context.
 *
 * @type {Readonly<CallOptions>}
 */
const NO_GUEST = Object.freeze({ __proto__: null, organization: undefined, mayBeGuest: false })

/** @type {typeof import('logto-authkit').createVerifier} */
function createVerifier(options) {
  const authenticator = new Authenticator(options)
  return {
    verify: (tokenOrRequest, call) => verify(() => authenticator, tokenOrRequest, call),
    verifySync: (token, call) => authenticator.authenticateSync(token, readCall(call, authenticator)),
    prefetch: () => authenticator.engine.prefetch(),
  }
}

/** @type {typeof import('logto-authkit').verifyAuth} */
function verifyAuth(tokenOrRequest, options) {
  return verify(() => authenticatorFor(options), tokenOrRequest)
}

/** @type {typeof import('logto-authkit').verifyLogtoToken} */
function verifyLogtoToken(token, options) {
  const given = typeof token === 'string' ? token : ''
  const verdict = verify(() => authenticatorFor(options), given, NO_GUEST)
  return /** @type {Promise<AuthenticatedContext<any>>} */ (verdict)
}

/**
 * The options of one call. An organization that is not set opens no door, so it is refused.
 *
 * @param {object | undefined} call
 * @param {ReturnType<typeof authenticatorFor>} authenticator
 * @returns {CallOptions | undefined}
 * @throws {AuthError} `options_invalid`
 */
function readCall(call, { settings }) {
  if (call === undefined || call === NO_GUEST) return call
  const { organization, ...others } = takeOptions(call)
  for (const name of Object.keys(others)) throw invalid(name, 'there is no such option of a call')
  return { organization: readOrganization(organization, !settings.organizationToken) }
}

/**
 * @param {() => ReturnType<typeof authenticatorFor>} findAuthenticator
 * @param {unknown} tokenOrRequest
 * @param {object} [call]
 * @returns {Promise<AuthContext<any>>}
 */
async function verify(findAuthenticator, tokenOrRequest, call) {
  const authenticator = findAuthenticator()
  let outcome = authenticator.authenticate(tokenOrRequest, readCall(call, authenticator))
  // A refusal is deferred: rejecting before the caller awaits makes Node track the promise as unhandled, which takes long.
  if (isThenable(outcome) || outcome.error !== undefined) outcome = await outcome
  const { auth, error } = outcome
  if (error === undefined) return auth
  authenticator.observe(error, tokenOrRequest)
  if (auth === undefined) throw error
  return auth
}

module.exports = { createVerifier, verifyAuth, verifyLogtoToken }
