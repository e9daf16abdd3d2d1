'use strict'

module.exports = {
  name: 'logto-authkit',
  packages: [],
  algorithms: ['ES384', 'ES256', 'RS256', 'EdDSA'],

  /** `asked`: further options. */
  verifier({ logtoUrl, audience }, asked) {
    const { verifyAuth } = require('../..')
    const options = { logtoUrl, audience, ...asked }
    return (token) => verifyAuth(token, options)
  },

  guard({ logtoUrl, audience }) {
    const { createExpressAuthMiddleware } = require('../..')
    return createExpressAuthMiddleware({ logtoUrl, audience })
  },
}
