'use strict'

const { createKey } = require('../support/tenant')

/**
 * A good key whose JWK is changed, and a token that it signed.
 *
 * @param changes members, or what makes them of the JWK; `undefined` takes one away
 */
function changed(alg, changes) {
  return async ({ token }) => {
    const key = await createKey(alg)
    const jwk = { ...key.jwk, ...(typeof changes === 'function' ? changes(key.jwk) : changes) }
    return { keys: [jwk], token: token({ key }) }
  }
}

module.exports = { changed }
