'use strict'

// Key sets that are ambiguous, mixed or no sets, each with a token signed by a key in them.
// Rows: [the name, the code, the function that makes the JWKs (or the body) and the token].

const { createKey } = require('../support/tenant')
const { hmacOf } = require('./forge')

/** A set that `setOf` makes of two keys, and a token signed by the second key. */
function two(algs, setOf, header = {}) {
  return async ({ token }) => {
    const [first, second] = await Promise.all(algs.map((alg) => createKey(alg)))
    return { keys: setOf(first.jwk, second.jwk), token: token({ key: second, header }) }
  }
}

/** The text of a set that `textOf` makes of one key (and of another, that has signed nothing), and a token signed by it. */
function body(textOf) {
  return async ({ token, bystander }) => {
    const key = await createKey('ES384')
    return { body: textOf(key.jwk, JSON.stringify(key.jwk), JSON.stringify(bystander)), token: token({ key }) }
  }
}

const SECRET = Buffer.from('shared by all that can read the set')
const OCT = { kty: 'oct', kid: 'oct', k: SECRET.toString('base64url') }

/** A set with a shared secret, and a token authenticated with that secret. */
function oct(changes, header) {
  return ({ token }) => ({
    keys: [{ ...OCT, ...changes }],
    token: token({ key: { alg: 'HS256', jwk: OCT }, header, signer: hmacOf(SECRET) }),
  })
}

const ES384_TWICE = ['ES384', 'ES384']

const ambiguous = [
  ['two keys of one kid, the second signed', two(ES384_TWICE, (a, b) => [{ ...a, kid: b.kid }, b])],
  ['two keys of one kid, the first signed', two(ES384_TWICE, (a, b) => [b, { ...a, kid: b.kid }])],
  ['two keys of one kid and different types', two(['RS256', 'ES384'], (a, b) => [{ ...a, kid: b.kid }, b])],
  ['one key listed twice', two(ES384_TWICE, (_a, b) => [b, b])],
  ['three keys of one kid', two(ES384_TWICE, (a, b) => [b, { ...a, kid: b.kid }, b])],
  ['no kid, where two keys fit', two(ES384_TWICE, (a, b) => [a, b], { kid: undefined })],
  ['no kid, where one key stands twice', two(ES384_TWICE, (_a, b) => [b, b], { kid: undefined })],
  ['no kid, where none fits', two(ES384_TWICE, (a) => [{ ...a, use: 'enc' }], { kid: undefined })],
  ['a kid where the key has none', two(ES384_TWICE, (_a, b) => [{ ...b, kid: undefined }])],
  ['a kid that is a number in the set', two(ES384_TWICE, (_a, b) => [{ ...b, kid: 7 }], { kid: '7' })],
  ['a kid that is null in the set', two(ES384_TWICE, (_a, b) => [{ ...b, kid: null }], { kid: 'null' })],
  ['a kid that is a list in the set', two(ES384_TWICE, (_a, b) => [{ ...b, kid: [b.kid] }])],
  ['a kid that is an object in the set', two(ES384_TWICE, (_a, b) => [{ ...b, kid: {} }], { kid: '[object Object]' })],
  ['a kid that differs in case', two(ES384_TWICE, (_a, b) => [{ ...b, kid: 'Key' }], { kid: 'key' })],
  ['a kid that differs in Unicode form', two(ES384_TWICE, (_a, b) => [{ ...b, kid: '\u00e9' }], { kid: 'e\u0301' })],
  ['a key that has left the set', two(ES384_TWICE, (a) => [a])],
  ['no key at all', two(ES384_TWICE, () => [])],
  ['entries that are no objects', two(ES384_TWICE, (_a, b) => [null, 5, 'key', [b], b.kid])],
  ['a set within the set', two(ES384_TWICE, (_a, b) => [{ keys: [b] }])],
].map(([name, make]) => [name, 'key_not_found', make])

const secrets = [
  ['HS256 by an oct key', 'algorithm_not_allowed', oct({ alg: 'HS256' }, {})],
  ['HS256 by an oct key without alg', 'algorithm_not_allowed', oct({}, {})],
  ['HS256 by an oct key, no kid', 'algorithm_not_allowed', oct({ alg: 'HS256' }, { kid: undefined })],
  ['ES384 in the header, HMAC by an oct key that says ES384', 'key_not_found', oct({ alg: 'ES384' }, { alg: 'ES384' })],
  [
    'EdDSA in the header, HMAC by an oct key with crv',
    'key_not_found',
    oct({ crv: 'Ed25519', x: OCT.k }, { alg: 'EdDSA' }),
  ],
  ['HS256 by an oct key with an empty secret', 'algorithm_not_allowed', oct({ k: '' }, {})],
]

const otherAlgorithms = [
  ['RS256 where the one key of that kid is for PS256', two(['RS256', 'RS256'], (_a, b) => [{ ...b, alg: 'PS256' }])],
  ['RS256 where the one key of that kid is for RS512', two(['RS256', 'RS256'], (_a, b) => [{ ...b, alg: 'RS512' }])],
  ['PS256 where the one key of that kid is for RS256', two(['PS256', 'PS256'], (_a, b) => [{ ...b, alg: 'RS256' }])],
  [
    "ES384 under an RSA key's kid",
    two(['RS256', 'ES384'], (a, b) =>
      [a, { ...b, kid: 'b' }].map((one, index) => (index ? one : { ...one, kid: b.kid })),
    ),
  ],
].map(([name, make]) => [name, 'algorithm_not_allowed', make])

const repeated = [
  ['use twice, enc first', body((_jwk, text, other) => `{"keys":[{"use":"enc",${text.slice(1)},${other}]}`)],
  ['use twice, enc last', body((_jwk, text, other) => `{"keys":[${text.slice(0, -1)},"use":"enc"},${other}]}`)],
  ['kid twice', body((_jwk, text, other) => `{"keys":[{"kid":"another",${text.slice(1)},${other}]}`)],
  [
    'alg twice, once escaped',
    body((_jwk, text, other) => `{"keys":[${text.slice(0, -1)},"\\u0061lg":"ES384"},${other}]}`),
  ],
  ['x twice, the same', body((jwk, text, other) => `{"keys":[${text.slice(0, -1)},"x":"${jwk.x}"},${other}]}`)],
  [
    'a nested member twice',
    body((_jwk, text, other) => `{"keys":[${text.slice(0, -1)},"y2":{"a":1,"a":1}},${other}]}`),
  ],
].map(([name, make]) => [`a JWK with ${name}`, 'key_not_found', make])

const notSets = [
  ['a JWK alone', body((_jwk, text) => text)],
  ['a list of keys', body((_jwk, text) => `[${text}]`)],
  ['keys by kid', body((jwk, text) => `{"keys":{"${jwk.kid}":${text}}}`)],
  ['one key where a list should be', body((_jwk, text) => `{"keys":${text}}`)],
  ['keys twice', body((_jwk, text) => `{"keys":[],"keys":[${text}]}`)],
  ['keys under another name', body((_jwk, text) => `{"Keys":[${text}]}`)],
  ['a set in a string', body((_jwk, text) => JSON.stringify(`{"keys":[${text}]}`))],
  ['two sets', body((_jwk, text) => `{"keys":[${text}]}`.repeat(2))],
  ['a set cut short', body((_jwk, text) => `{"keys":[${text}]`)],
  ['101 keys', body((_jwk, text) => `{"keys":[${text}${',{}'.repeat(100)}]}`)],
].map(([name, make]) => [name, 'jwks_unavailable', make])

const controls = [
  ['a set of two keys', two(ES384_TWICE, (a, b) => [a, b])],
  ['a set of rubbish and one key', two(ES384_TWICE, (_a, b) => [null, 5, 'key', [], { kty: 'EC' }, OCT, b])],
  [
    'two keys of one kid, one of them for encryption',
    two(ES384_TWICE, (a, b) => [{ ...a, kid: b.kid, use: 'enc' }, b]),
  ],
  ['the same set as text', body((_jwk, text) => `{"keys":[${text}]}`)],
  ['100 keys', body((_jwk, text) => `{"keys":[${text}${',{}'.repeat(99)}]}`)],
]

module.exports = { rows: [...ambiguous, ...secrets, ...otherAlgorithms, ...repeated, ...notSets], controls }
