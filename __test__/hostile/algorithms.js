'use strict'

// Algorithms that do not fit the key, or that are unknown. Rows: [the name, the code, the function that makes it].

const { KeyObject, constants, createPublicKey } = require('node:crypto')
const { hmacOf, signerOf } = require('./forge')

const NO_SIGNATURE = () => Buffer.alloc(0)

const NAMES_OF_NONE = ['none', 'None', 'NONE', 'nOnE', ' none', 'none ', 'none\0', 'n\u043ene', 'no\u0435', '']
const unsigned = NAMES_OF_NONE.map((alg) => [
  `alg ${JSON.stringify(alg)} without a signature`,
  'algorithm_not_allowed',
  (world) => world.token({ header: { alg }, signer: NO_SIGNATURE }),
])

const NOT_NAMES = [null, 0, false, true, [], ['ES384'], ['none'], {}, { alg: 'ES384' }]
const notNames = NOT_NAMES.map((alg) => [
  `alg ${JSON.stringify(alg)} over a good signature`,
  'token_malformed',
  (world) => world.token({ header: { alg } }),
])

const UNKNOWN = [
  'es384',
  'Es384',
  'ES384 ',
  'ES384\n',
  'ES384\0',
  '\uff25\uff33384',
  'ES-384',
  'ES256K',
  'ESP384',
  'Ed25519',
  'Ed448',
  'eddsa',
  'RS1',
  'RSA-OAEP',
  'dir',
  'ECDH-ES',
  'A256GCM',
  'PBES2-HS256+A128KW',
  'ML-DSA-44',
  'toString',
  '__proto__',
  'constructor',
]
const unknown = UNKNOWN.map((alg) => [
  `alg ${JSON.stringify(alg)} over a good signature`,
  'algorithm_not_allowed',
  (world) => world.token({ header: { alg } }),
])

/** Public material that an attacker may use as an HMAC secret. */
const SECRETS = [
  ['the public key as PEM', ({ keys }) => publicKey(keys.ES384).export({ type: 'spki', format: 'pem' })],
  ['the public key as trimmed PEM', ({ keys }) => publicKey(keys.ES384).export({ type: 'spki', format: 'pem' }).trim()],
  ['the public key as DER', ({ keys }) => publicKey(keys.ES384).export({ type: 'spki', format: 'der' })],
  ['the RSA key as PKCS #1 PEM', ({ keys }) => publicKey(keys.RS256).export({ type: 'pkcs1', format: 'pem' })],
  ['the JWK as JSON', ({ keys }) => JSON.stringify(keys.ES384.jwk)],
  ["the JWK's x", ({ keys }) => Buffer.from(keys.ES384.jwk.x, 'base64url')],
  ["the JWK's y", ({ keys }) => Buffer.from(keys.ES384.jwk.y, 'base64url')],
  ["the JWK's x as text", ({ keys }) => keys.ES384.jwk.x],
  ["the RSA JWK's n", ({ keys }) => Buffer.from(keys.RS256.jwk.n, 'base64url')],
  ["the Ed25519 JWK's x", ({ keys }) => Buffer.from(keys.EdDSA.jwk.x, 'base64url')],
  ['the kid', ({ keys }) => keys.ES384.jwk.kid],
  ['nothing', () => ''],
]
const hmac = SECRETS.flatMap(([what, secretOf]) =>
  [256, 384, 512].map((bits) => [
    `HS${bits} with ${what} as the secret`,
    'algorithm_not_allowed',
    (world) => world.token({ header: { alg: `HS${bits}` }, signer: hmacOf(secretOf(world), bits) }),
  ]),
)

function publicKey(key) {
  return createPublicKey(KeyObject.from(key.privateKey))
}

/** A token whose header says `alg` while the key named by `keyName` signs as `signAs`. */
function labelled(keyName, alg, signAs) {
  return ({ keys, token }) => token({ key: keys[keyName], header: { alg }, signer: signerOf(keys[keyName], signAs) })
}

const confused = [
  ['RS256 by the key for PS256, correctly signed', 'algorithm_not_allowed', labelled('PS256', 'RS256', 'RS256')],
  ['PS256 by the key for RS256, correctly signed', 'algorithm_not_allowed', labelled('RS256', 'PS256', 'PS256')],
  ['RS512 by the key for RS256, correctly signed', 'algorithm_not_allowed', labelled('RS256', 'RS512', 'RS512')],
  ['PS384 by the key for PS256, correctly signed', 'algorithm_not_allowed', labelled('PS256', 'PS384', 'PS384')],
  ['ES256 by a key of P-384', 'algorithm_not_allowed', labelled('ES384', 'ES256', 'ES256')],
  ['ES512 by a key of P-384', 'algorithm_not_allowed', labelled('ES384', 'ES512', 'ES512')],
  ['ES384 by a key of P-256', 'algorithm_not_allowed', labelled('ES256', 'ES384', 'ES384')],
  ['ES384 by a key of P-521', 'algorithm_not_allowed', labelled('ES512', 'ES384', 'ES384')],
  ['ES256 in the header of an Ed25519 key', 'algorithm_not_allowed', labelled('EdDSA', 'ES256', 'EdDSA')],
  ['EdDSA in the header of an EC key', 'algorithm_not_allowed', labelled('ES384', 'EdDSA', 'ES384')],
  ['RS256 in the header of an EC key', 'algorithm_not_allowed', labelled('ES384', 'RS256', 'ES384')],
  ['ES384 in the header of an RSA key', 'algorithm_not_allowed', labelled('RS256', 'ES384', 'RS256')],
  ['EdDSA by an RSA key whose JWK names no algorithm', 'algorithm_not_allowed', labelled('bare', 'EdDSA', 'RS256')],
  ['Ed25519 by the key for EdDSA, correctly signed', 'algorithm_not_allowed', labelled('EdDSA', 'Ed25519', 'EdDSA')],
  ['EdDSA by the key for Ed25519, correctly signed', 'algorithm_not_allowed', labelled('Ed25519', 'EdDSA', 'EdDSA')],
  ['Ed25519 in the header of an EC key', 'algorithm_not_allowed', labelled('ES384', 'Ed25519', 'ES384')],
  ['Ed448 in the header of an Ed25519 key', 'algorithm_not_allowed', labelled('Ed25519', 'Ed448', 'Ed25519')],
  ['RS256 over a PS256 signature', 'signature_invalid', labelled('RS256', 'RS256', 'PS256')],
  ['PS256 over an RS256 signature', 'signature_invalid', labelled('PS256', 'PS256', 'RS256')],
  ['RS512 over an RS256 signature, JWK without alg', 'signature_invalid', labelled('bare', 'RS512', 'RS256')],
  ['PS256 over an RS256 signature, JWK without alg', 'signature_invalid', labelled('bare', 'PS256', 'RS256')],
  ['PS384 over a PS512 signature, JWK without alg', 'signature_invalid', labelled('bare', 'PS384', 'PS512')],
  ['ES384 over a digest of SHA-256', 'signature_invalid', labelled('ES384', 'ES384', 'ES256')],
  ['ES256 over a digest of SHA-512', 'signature_invalid', labelled('ES256', 'ES256', 'ES512')],
]

const SALTS = [0, 20, 31, 33, constants.RSA_PSS_SALTLEN_MAX_SIGN]
const salted = SALTS.map((saltLength) => [
  `PS256 with a salt of ${saltLength < 0 ? 'the greatest length' : `${saltLength} bytes`}`,
  'signature_invalid',
  ({ keys, token }) => token({ key: keys.PS256, signer: signerOf(keys.PS256, 'PS256', { saltLength }) }),
])

const others = [
  ['no alg at all', 'token_malformed', (world) => world.token({ header: { alg: undefined } })],
  ['alg none over a good signature', 'algorithm_not_allowed', (world) => world.token({ header: { alg: 'none' } })],
  [
    'alg none without a kid',
    'algorithm_not_allowed',
    (world) => world.token({ header: { alg: 'none', kid: undefined }, signer: NO_SIGNATURE }),
  ],
  [
    'HS256 with the secret of an oct key in the set',
    'algorithm_not_allowed',
    (world) => world.token({ header: { alg: 'HS256', kid: 'shared' }, signer: hmacOf(world.secret) }),
  ],
  [
    'ES384 in the header, but HMAC with the oct key in the set',
    'key_not_found',
    (world) => world.token({ header: { kid: 'shared' }, signer: hmacOf(world.secret, 384) }),
  ],
]

const controls = ['RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg) => [
  `${alg} by an RSA key whose JWK names no algorithm`,
  labelled('bare', alg, alg),
])

module.exports = { rows: [...unsigned, ...notNames, ...unknown, ...hmac, ...confused, ...salted, ...others], controls }
