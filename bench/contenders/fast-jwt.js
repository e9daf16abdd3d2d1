'use strict'

/** fast-jwt fetches no keys, so jwks-rsa fetches and caches the keys. */
function fastJwt(name, cacheOptions) {
  return {
    name,
    packages: ['fast-jwt', 'jwks-rsa'],
    algorithms: ['ES384', 'ES256', 'RS256', 'EdDSA'],

    verifier({ jwksUri, issuer, audience, alg }) {
      const { createVerifier } = require('fast-jwt')
      const { JwksClient } = require('jwks-rsa')
      const client = new JwksClient({ jwksUri })
      return createVerifier({
        key: async ({ header }) => (await client.getSigningKey(header.kid)).getPublicKey(),
        algorithms: [alg],
        allowedIss: issuer,
        allowedAud: audience,
        requiredClaims: ['exp', 'iss', 'aud'],
        ...cacheOptions,
      })
    },
  }
}

module.exports = { fastJwt }
