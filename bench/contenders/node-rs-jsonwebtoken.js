'use strict'

module.exports = {
  name: '@node-rs/jsonwebtoken',
  packages: ['@node-rs/jsonwebtoken', 'jwks-rsa'],
  algorithms: ['ES384', 'ES256', 'RS256', 'EdDSA'],

  verifier({ jwksUri, issuer, audience, alg }) {
    const { decodeHeader, verify } = require('@node-rs/jsonwebtoken')
    const { JwksClient } = require('jwks-rsa')
    const client = new JwksClient({ jwksUri })
    const validation = { algorithms: [alg], iss: [issuer], aud: [audience], leeway: 0 }
    return async (token) => {
      const key = await client.getSigningKey(decodeHeader(token).keyId)
      return verify(token, key.getPublicKey(), validation)
    }
  },
}
