'use strict'

const { Authenticator, authenticatorFor } = require('./authenticator')

/** @see `createVerifier` in index.d.ts */
function createVerifier(options) {
  const authenticator = new Authenticator(options)
  return {
    verify: async (tokenOrRequest) => verify(authenticator, tokenOrRequest),
    verifySync: (token) => authenticator.authenticateSync(token),
    prefetch: () => authenticator.engine.prefetch(),
  }
}

/** @see `verifyAuth` in index.d.ts */
async function verifyAuth(tokenOrRequest, options) {
  return verify(authenticatorFor(options), tokenOrRequest)
}

/** @see `verifyLogtoToken` in index.d.ts */
async function verifyLogtoToken(token, options) {
  const authenticator = authenticatorFor(options)
  const outcome = await authenticator.authenticate(typeof token === 'string' ? token : '')
  if (outcome.error === undefined) return outcome.auth
  authenticator.observe(outcome.error, token)
  throw outcome.error
}

/** The context, or a promise of it: where nothing has to be waited for, not even the next turn of the microtasks is. */
function verify(authenticator, tokenOrRequest) {
  const outcome = authenticator.authenticate(tokenOrRequest)
  const conclude = ({ auth, error }) => {
    if (error !== undefined) authenticator.observe(error, tokenOrRequest)
    if (auth === undefined) throw error
    return auth
  }
  return outcome instanceof Promise ? outcome.then(conclude) : conclude(outcome)
}

module.exports = { createVerifier, verifyAuth, verifyLogtoToken }
