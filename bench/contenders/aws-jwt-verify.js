'use strict'

module.exports = {
  name: 'aws-jwt-verify',
  packages: ['aws-jwt-verify'],
  algorithms: ['ES384', 'ES256', 'RS256', 'EdDSA'],

  verifier({ jwksUri, issuer, audience }) {
    const { JwtVerifier } = require('aws-jwt-verify')
    const { SimpleJwksCache } = require('aws-jwt-verify/jwk')
    // The package's own fetcher refuses http, which the benchmark's tenant speaks.
    const fetcher = { fetch: async (uri) => (await fetch(uri)).arrayBuffer() }
    const verifier = JwtVerifier.create({ issuer, audience, jwksUri }, { jwksCache: new SimpleJwksCache({ fetcher }) })
    return (token) => verifier.verify(token)
  },
}
