'use strict'

/** The `alg` names that can verify a token: asymmetric ones only, so that no key is ever an HMAC secret. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

const RSA_ALGORITHMS = ALGORITHMS.slice(0, 6)

/** The curves of RFC 7518 section 6.2.1.1, each of which decides the algorithm. */
const CURVES = new Map([
  ['P-256', { algorithm: 'ES256', coordinateBytes: 32 }],
  ['P-384', { algorithm: 'ES384', coordinateBytes: 48 }],
  ['P-521', { algorithm: 'ES512', coordinateBytes: 66 }],
])

module.exports = { ALGORITHMS, CURVES, RSA_ALGORITHMS }
