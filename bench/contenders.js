'use strict'

/**
 * What people would pick, each as a function from a tenant to `verify(token)`. Each is given the same checks: signature
 * by the tenant's key set, issuer, audience, expiry.
 */
const CONTENDERS = {
  'logto-authkit'({ logtoUrl, audience }) {
    const { verifyAuth } = require('logto-authkit')
    const options = { logtoUrl, audience }
    return (token) => verifyAuth(token, options)
  },

  async jose({ jwksUri, issuer, audience }) {
    const { createRemoteJWKSet, jwtVerify } = await import('jose')
    const keys = createRemoteJWKSet(new URL(jwksUri))
    const options = { issuer, audience }
    return (token) => jwtVerify(token, keys, options)
  },
}

module.exports = { CONTENDERS }
