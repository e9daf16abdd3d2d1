'use strict'

const { createKey } = require('../support/tenant')

/**
 * A good key whose JWK is changed, and a token that the key has signed.
 *
 * @param changes the changed members, or a function from the JWK to them; `undefined` removes a member
 */
function changed(alg, changes) {
  return async ({ token }) => {
    const key = await createKey(alg)
    const jwk = { ...key.jwk, ...(typeof changes === 'function' ? changes(key.jwk) : changes) }
    return { keys: [jwk], token: token({ key }) }
  }
}

module.exports = { changed }
