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
  const optionsFor = ({ logtoUrl, audience }) => ({ logtoUrl, audience, ...own })
  return {
    name,
    packages: [],
    algorithms: ALGORITHMS,
    jobs,

    /** `asked`: further options. */
    verifier(tenant, asked) {
      const { verifyAuth } = require('../..')
      const options = { ...optionsFor(tenant), ...asked }
      return (token) => verifyAuth(token, options)
    },

    guard(tenant) {
      const { createExpressAuthMiddleware } = require('../..')
      return createExpressAuthMiddleware(optionsFor(tenant))
    },

    live(framework, tenant) {
      const options = optionsFor(tenant)
      switch (framework) {
        case 'Fastify':
          return { plugin: require('../../js/frameworks/fastify').logtoAuth, options }
        case 'Hono':
          return { middleware: require('../../js/frameworks/hono').logtoAuth(options) }
        case 'Express':
          return { middleware: this.guard(tenant) }
        default: {
          const { createVerifier } = require('../..')
          const { verify } = createVerifier(options)
          return { verify: (request) => verify(request) }
        }
      }
    },
  }
}

module.exports = { logtoAuthkit }
