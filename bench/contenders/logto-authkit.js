'use strict'

const ALGORITHMS = ['ES384', 'ES256', 'RS256', 'EdDSA']

/**
 * This package, with options of its own beside those of every contender.
 *
 * @param {string} name
 * @param {object} own
 * @param {string[]} [jobs] all, unless named
 */
function logtoAuthkit(name, own, jobs) {
  return {
    name,
    packages: [],
    algorithms: ALGORITHMS,
    jobs,

    /** `asked`: further options. */
    verifier({ logtoUrl, audience }, asked) {
      const { verifyAuth } = require('../..')
      const options = { logtoUrl, audience, ...own, ...asked }
      return (token) => verifyAuth(token, options)
    },

    guard({ logtoUrl, audience }) {
      const { createExpressAuthMiddleware } = require('../..')
      return createExpressAuthMiddleware({ logtoUrl, audience, ...own })
    },
  }
}

module.exports = { logtoAuthkit }
