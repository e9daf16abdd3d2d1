'use strict'

const { tokenIn } = require('../support/tokens')

function guard({ jwksUri, issuer, audience, alg }) {
  const { auth } = require('express-oauth2-jwt-bearer')
  return auth({ jwksUri, issuer, audience, tokenSigningAlg: alg })
}

function hostOf(name) {
  return name === 'Host' ? 'localhost' : undefined
}

module.exports = {
  name: 'express-oauth2-jwt-bearer',
  packages: ['express-oauth2-jwt-bearer'],
  algorithms: ['ES384', 'ES256', 'RS256', 'EdDSA'],
  guard,
  frameworks: ['Express'],

  /** The package reads no cookies. */
  live(_framework, tenant) {
    const middleware = guard(tenant)
    return {
      middleware(req, res, next) {
        req.headers.authorization = `Bearer ${tokenIn(req.headers.cookie)}`
        return middleware(req, res, next)
      },
    }
  },

  /** The package is only a middleware, so the verifier calls it with the smallest request that it accepts. */
  verifier(tenant) {
    const middleware = guard(tenant)
    return async (token) => {
      const headers = { authorization: `Bearer ${token}` }
      const req = { headers, method: 'GET', query: {}, url: '/', protocol: 'http', get: hostOf, is: () => false }
      await new Promise((resolve, reject) => middleware(req, null, (error) => (error ? reject(error) : resolve())))
      return req.auth.payload
    }
  },
}
