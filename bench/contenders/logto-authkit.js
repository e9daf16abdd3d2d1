'use strict'

module.exports = {
  name: 'logto-authkit',
  packages: [],
  algorithms: ['ES384', 'ES256', 'RS256', 'EdDSA'],

  verifier({ logtoUrl, audience }) {
    const { verifyAuth } = require('../..')
    const options = { logtoUrl, audience }
    return (token) => verifyAuth(token, options)
  },

  guard({ logtoUrl, audience }) {
    const { createExpressAuthMiddleware } = require('../..')
    return createExpressAuthMiddleware({ logtoUrl, audience })
  },
}
