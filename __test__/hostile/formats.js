'use strict'

// Texts that are no compact JWS, or too long for one. Rows: [the name, the code, the function that makes it].

const { createPublicKey, KeyObject } = require('node:crypto')
const jose = require('jose')
const { assemble, encode, signerOf } = require('./forge')

const MAX_TOKEN_BYTES = 64 * 1024
const MEGABYTE = 1024 * 1024

const otherFormats = [
  [
    'a JWE of five parts for the public key',
    'token_malformed',
    ({ keys, claims }) =>
      new jose.EncryptJWT(claims())
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', kid: keys.ES384.jwk.kid })
        .encrypt(publicKey(keys.ES384)),
  ],
  [
    'a JWE of five parts around a good token',
    'token_malformed',
    ({ keys, token }) =>
      new jose.CompactEncrypt(Buffer.from(token()))
        .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A256GCM', cty: 'JWT' })
        .encrypt(publicKey(keys.RS256)),
  ],
  [
    'a JWE whose encrypted key is empty',
    'token_malformed',
    () => `${encode({ alg: 'dir', enc: 'A128GCM' })}..AAAA.AAAA.AAAA`,
  ],
  [
    'the flattened JSON serialisation',
    'token_malformed',
    ({ token }) => {
      const [header, payload, signature] = token().split('.')
      return JSON.stringify({ protected: header, payload, signature })
    },
  ],
  [
    'the general JSON serialisation',
    'token_malformed',
    ({ token }) => {
      const [header, payload, signature] = token().split('.')
      return JSON.stringify({ payload, signatures: [{ protected: header, signature }] })
    },
  ],
  ['the parts as a JSON array', 'token_malformed', ({ token }) => JSON.stringify(token().split('.'))],
  ['a good token in base64url once more', 'token_opaque', ({ token }) => encode(token())],
  ['a good token in hexadecimal', 'token_opaque', ({ token }) => Buffer.from(token()).toString('hex')],
]

function publicKey(key) {
  return createPublicKey(KeyObject.from(key.privateKey))
}

const long = [
  ['correctly signed, one byte over 64 KiB', 'token_malformed', (world) => tokenOfLength(world, MAX_TOKEN_BYTES + 1)],
  [
    'correctly signed, three megabytes',
    'token_malformed',
    ({ token }) => token({ claims: { x: 'a'.repeat(2.25 * MEGABYTE) } }),
  ],
  ['64 KiB of dots', 'token_malformed', () => '.'.repeat(MAX_TOKEN_BYTES)],
  ['eight megabytes of dots', 'token_malformed', () => '.'.repeat(8 * MEGABYTE)],
  ['20 letters, the shortest opaque token', 'token_opaque', () => 'A'.repeat(20)],
  ['19 letters', 'token_malformed', () => 'A'.repeat(19)],
  ['64 KiB of letters', 'token_opaque', () => 'A'.repeat(MAX_TOKEN_BYTES)],
  ['four megabytes of letters', 'token_malformed', () => 'A'.repeat(4 * MEGABYTE)],
  ['four megabytes of emoji', 'token_malformed', () => '\u{1f511}'.repeat(MEGABYTE)],
  ['a good token and a megabyte of dots', 'token_malformed', ({ token }) => token() + '.'.repeat(MEGABYTE)],
  ['a good token and a megabyte of spaces', 'token_malformed', ({ token }) => token() + ' '.repeat(MEGABYTE)],
  ['a good token and a megabyte of =', 'token_malformed', ({ token }) => token() + '='.repeat(MEGABYTE)],
  ['a header of 60,000 bytes', 'key_not_found', ({ token }) => token({ header: { kid: 'k'.repeat(44_000) } })],
  [
    'a payload of 10,000 members, unsigned',
    'signature_invalid',
    (world) => world.token({ claims: manyMembers(), signer: empty }),
  ],
  [
    'a thousand audiences',
    'audience_invalid',
    ({ token }) => token({ claims: { aud: Array(1_000).fill('https://b.example') } }),
  ],
]

/** A good token of exactly this length. */
function tokenOfLength({ header, claims, keys }, length) {
  for (let filler = 0; filler < 4; filler += 1) {
    const longer = (size) =>
      assemble({ ...header(), x: 'a'.repeat(filler) }, { ...claims(), x: 'a'.repeat(size) }, signerOf(keys.ES384))
    const missing = length - longer(0).length
    for (let size = Math.floor((missing * 3) / 4) - 3; size <= Math.ceil((missing * 3) / 4) + 3; size += 1) {
      const token = longer(size)
      if (token.length === length) return token
    }
  }
  throw new RangeError(`no token of ${length} bytes`)
}

function manyMembers() {
  return Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`m${index}`, index]))
}

function empty() {
  return Buffer.alloc(0)
}

const garbage = [
  ['an empty string', 'token_missing', ''],
  ['a space', 'token_malformed', ' '],
  ['a dot', 'token_malformed', '.'],
  ['two dots', 'token_malformed', '..'],
  ['four dots', 'token_malformed', '....'],
  ['a dot and the words of an error', 'token_malformed', 'Internal Server Error.'],
  ['undefined', 'token_malformed', 'undefined'],
  ['null', 'token_malformed', 'null'],
  ['[object Object]', 'token_malformed', '[object Object]'],
  ['[object Promise]', 'token_malformed', '[object Promise]'],
  ['{}.{}.', 'token_malformed', 'e30.e30.'],
  ['single letters', 'token_malformed', 'a.b.c'],
  ['an opaque token', 'token_opaque', 'sV8Zk2qLr1t0yWnC5hJbFxG7uMdAeP3oI6vQ9TzYcRw'],
  ['an opaque token with padding', 'token_opaque', 'sV8Zk2qLr1t0yWnC5hJbFxG7uMdAeP3oI6vQ9Tz+/A=='],
  ['a personal access token', 'token_opaque', 'pat_sV8Zk2qLr1t0yWnC5hJbFxG7uMdAeP3o'],
  ['a personal access token and a newline', 'token_malformed', 'pat_sV8Zk2qLr1t0yWnC5hJbFxG7uMdAeP3o\n'],
  ['the prefix of a personal access token', 'token_malformed', 'pat_'],
  ['a subject token', 'token_opaque', 'sub_sV8Zk2qLr1t0yWnC5hJbFxG7uMdAeP3o'],
  ['an opaque token and a newline', 'token_malformed', 'sV8Zk2qLr1t0yWnC5hJbFxG7uMdAeP3oI6vQ9TzYcRw\n'],
  ['basic credentials', 'token_malformed', 'Basic dXNlcjpwYXNzd29yZA=='],
  ['a URL', 'token_malformed', 'https://evil.example/token'],
  ['an HTML page', 'token_malformed', '<!doctype html><html><body>Sign in</body></html>'],
  ['a lone surrogate', 'token_malformed', '\ud800'],
  ['NUL', 'token_malformed', '\0'],
].map(([name, code, token]) => [name, code, () => token])

const controls = [['correctly signed, 64 KiB', (world) => tokenOfLength(world, MAX_TOKEN_BYTES)]]

module.exports = { rows: [...otherFormats, ...long, ...garbage], controls }
