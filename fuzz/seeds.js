'use strict'

// Replaces the seed corpus, with fresh keys that are not kept: node fuzz/seeds.js

const { constants, generateKeyPairSync, sign } = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')

const MESSAGE = Buffer.from('header.payload')
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
const IEEE = { dsaEncoding: 'ieee-p1363' }

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = (namedCurve) => generateKeyPairSync('ec', { namedCurve })

/** The algorithms in the order of the signature target's list, each with that target's number for its kind of key. */
const ALGORITHMS = [
  ['RS256', 4, rsa, 'sha256', {}],
  ['RS384', 4, rsa, 'sha384', {}],
  ['RS512', 4, rsa, 'sha512', {}],
  ['PS256', 4, rsa, 'sha256', PSS],
  ['PS384', 4, rsa, 'sha384', PSS],
  ['PS512', 4, rsa, 'sha512', PSS],
  ['ES256', 0, ec('P-256'), 'sha256', IEEE],
  ['ES384', 1, ec('P-384'), 'sha384', IEEE],
  ['ES512', 2, ec('P-521'), 'sha512', IEEE],
  ['EdDSA', 3, generateKeyPairSync('ed25519'), null, {}],
]

const jwkOf = ({ publicKey }) => publicKey.export({ format: 'jwk' })
const signed = ([, , { privateKey }, hash, options], message) => sign(hash, message, { key: privateKey, ...options })
const encode = (text) => Buffer.from(text).toString('base64url')

function tokenOf(entry, header, payload) {
  const input = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(payload))}`
  return `${input}.${signed(entry, Buffer.from(input)).toString('base64url')}`
}

function signatureInput(algorithm, kind, only, first, second, signature) {
  const part = (bytes) => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  return Buffer.concat([Buffer.from([algorithm, kind, only]), part(first), part(second), signature])
}

const CLAIMS = { iss: 'b', aud: 'c', sub: 'user-1', exp: 1_000_060 }
const claims = (changes) => JSON.stringify({ ...CLAIMS, ...changes })
const header = encode('{"alg":"RS256"}')
const jwks = ALGORITHMS.map(([alg, , pair], index) => ({ ...jwkOf(pair), kid: `key-${index}`, alg, use: 'sig' }))

const SEEDS = {
  token: {
    es256: tokenOf(ALGORITHMS[6], { alg: 'ES256', kid: 'a', typ: 'at+jwt' }, CLAIMS),
    eddsa: tokenOf(ALGORITHMS[9], { typ: 'JWT', alg: 'EdDSA', jku: 'https://evil.example' }, CLAIMS),
    rs256: tokenOf(ALGORITHMS[0], { alg: 'RS256', kid: 'é' }, { ...CLAIMS, scope: 'read write' }),
    none: `${encode('{"alg":"none"}')}.e30.`,
    'empty-signature': `${header}.e30.`,
    'padding-in-signature': `${header}.e30.c2ln=`,
    'unused-bits': `${header}.e31.c2ln`,
    'four-parts': `${header}.e30.c2ln.e30`,
    'standard-alphabet': `${header}.e30.+/+/`,
    opaque: 'Kx3v_mB0pQ2-aZ9~t7/y+R4=',
    'not-ascii': `${header}.e30é.c2ln`,
  },
  header: {
    full: '{"alg":"ES384","kid":"a","typ":"at+jwt","jku":"https://evil.example","x5c":["AA"],"jwk":{"kty":"oct"}}',
    'each-algorithm': '{"alg":"PS512","a":["RS256","RS384","RS512","PS256","PS384","ES256","ES512","EdDSA","HS256"]}',
    'alg-twice': '{"alg":"RS256","alg":"RS256"}',
    'alg-twice-escaped': '{"alg":"none","\\u0061lg":"RS256"}',
    'twice-below': '{"alg":"RS256","a":[{"b":1,"b":{"c":null}}]}',
    'kid-null': '{"alg":"RS256","kid":null}',
    crit: '{"alg":"RS256","crit":["b64"],"b64":false}',
    'numbers-and-space': ' {\n"alg" : "EdDSA",\t"a":[-0.5e-3,1e400,true] }\r',
    'colon-in-strings': '{"alg":"RS512","kid":":\\":\\\\","::":":"}',
    deep: `{"alg":"RS256","a":${'['.repeat(130)}${']'.repeat(130)}}`,
    surrogates: '{"alg":"RS256","kid":"\\ud83d\\ude00","typ":"\\ud800"}',
  },
  claims: {
    least: claims({}),
    full: claims({
      iss: 'https://a.example/oidc',
      aud: ['other', 'https://api.example'],
      nbf: 1_000_000,
      iat: 999_999.25,
      scope: 'read write:all',
    }),
    'just-expired': claims({ exp: 1_000_000.5 }),
    'within-tolerance': claims({ exp: 999_941, nbf: 1_000_060.5 }),
    'exp-huge': claims({}).replace('1000060', '1.7e308'),
    'exp-text': claims({ exp: '9999999999' }),
    'exp-twice': `${claims({ exp: 0 }).slice(0, -1)},"exp":9999999999}`,
    'aud-mixed': claims({ aud: ['c', 5, null, ['c']] }),
    'aud-empty': claims({ aud: [] }),
    'sub-empty': claims({ sub: '' }),
    'scope-tab': claims({ scope: 'read\twrite:all' }),
    'wrong-types': claims({ iss: ['b'], nbf: true, iat: '0', scope: ['read'] }),
  },
  jwks: {
    all: JSON.stringify({ keys: jwks }),
    'one-ec': JSON.stringify({ keys: [{ ...jwks[6], key_ops: ['verify'] }] }),
    'one-okp-without-kid': JSON.stringify({ keys: [jwkOf(ALGORITHMS[9][2])], more: 1e3 }),
    'rsa-of-any-algorithm': JSON.stringify({ keys: [{ ...jwkOf(rsa), kid: '1' }] }),
    'kid-shared': JSON.stringify({ keys: [jwks[7], { ...jwks[9], kid: 'key-7' }] }),
    'member-twice': JSON.stringify({ keys: [jwks[9]] }).replace('"use"', '"use":"enc","use"'),
    'not-for-verifying': JSON.stringify({
      keys: [
        { ...jwks[6], use: 'enc' },
        { ...jwks[6], key_ops: ['sign'] },
        { ...jwks[6], alg: 'ES384' },
        { ...jwks[6], alg: null },
        { ...jwks[6], d: 'c2VjcmV0' },
        { ...jwks[6], crv: 'secp256k1' },
        { ...jwks[9], crv: 'X25519' },
        { kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' },
      ],
    }),
    'keys-twice': '{"keys":[],"keys":[]}',
    'too-many': JSON.stringify({ keys: Array(101).fill(null) }),
    'as-many-as-may-be': JSON.stringify({ keys: Array(100).fill({}) }),
    unreadable: '{"keys":[{"a":1e999},"\\ud800"]}',
    html: '<html></html>',
  },
  signature: Object.fromEntries(
    ALGORITHMS.map((entry, index) => {
      const [name, kind, pair] = entry
      const jwk = jwkOf(pair)
      const [first, second] = [jwk.n ?? jwk.x, jwk.e ?? jwk.y ?? ''].map((member) => Buffer.from(member, 'base64url'))
      const only = kind === 4 ? index : 255
      return [name.toLowerCase(), signatureInput(index, kind, only, first, second, signed(entry, MESSAGE))]
    }),
  ),
}

SEEDS.signature['rsa-any-algorithm'] = Buffer.from(SEEDS.signature.ps384).fill(255, 2, 3)
SEEDS.signature['rsa-other-algorithm'] = Buffer.from(SEEDS.signature.rs256).fill(3, 0, 1)
SEEDS.signature['es256-zeros'] = Buffer.concat([SEEDS.signature.es256.subarray(0, -64), Buffer.alloc(64)])

// Inputs of the signature target have a layout of their own. Those grown from an older layout are meaningless now.
fs.rmSync(path.join(__dirname, 'target/corpus/signature'), { recursive: true, force: true })

for (const [target, seeds] of Object.entries(SEEDS)) {
  const directory = path.join(__dirname, 'corpus', target)
  fs.rmSync(directory, { recursive: true, force: true })
  fs.mkdirSync(directory, { recursive: true })
  for (const [name, content] of Object.entries(seeds)) fs.writeFileSync(path.join(directory, name), content)
}
