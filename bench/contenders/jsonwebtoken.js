'use strict'

const { promisify } = require('node:util')

module.exports = {
  name: 'jsonwebtoken + jwks-rsa',
  packages: ['jsonwebtoken', 'jwks-rsa'],
  algorithms: ['ES384', 'ES256', 'RS256'],

  verifier({ jwksUri, issuer, audience, alg }) {
    const jsonwebtoken = require('jsonwebtoken')
    const { JwksClient } = require('jwks-rsa')
    const client = new JwksClient({ jwksUri })
    const keyOf = (header, done) => client.getSigningKey(header.kid, (error, key) => done(error, key?.getPublicKey()))
    const options = { algorithms: [alg], issuer, audience }
    const verify = promisify(jsonwebtoken.verify)
    return (token) => verify(token, keyOf, options)
  },
}
