'use strict'

module.exports = {
  name: 'jose',
  packages: ['jose'],
  algorithms: ['ES384', 'ES256', 'RS256', 'EdDSA'],

  async verifier({ jwksUri, issuer, audience, alg }) {
    const { createRemoteJWKSet, jwtVerify } = await import('jose')
    const keys = createRemoteJWKSet(new URL(jwksUri))
    const options = { issuer, audience, algorithms: [alg], requiredClaims: ['exp'] }
    return async (token) => (await jwtVerify(token, keys, options)).payload
  },
}
