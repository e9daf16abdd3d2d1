'use strict'

// Good headers and payloads under bad signatures. Rows: [the name, the code, the function that makes it].

const { KeyObject, createHash, createPrivateKey } = require('node:crypto')
const { bytesOf, decodeParts, encode, numberOf, signerOf } = require('./forge')

/** The orders of the groups (FIPS 186-4 appendix D.1.2, RFC 8032 section 5.1). */
const ORDERS = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES384: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
}
const EDWARDS_ORDER = (1n << 252n) + 27742317777372353535851937790883648493n

const invalid = (rows) => rows.map(([name, make]) => [name, 'signature_invalid', make])

/** Pairs of r and s that are no valid signature of any message; n is the order of the group. */
const PAIRS = [
  ['r = s = 0', () => [0n, 0n]],
  ['r = 0 and a good s', (_n, _r, s) => [0n, s]],
  ['s = 0 and a good r', (_n, r) => [r, 0n]],
  ['r = n', (n, _r, s) => [n, s]],
  ['s = n', (n, r) => [r, n]],
  ['r = s = n', (n) => [n, n]],
  ['r = s = 1', () => [1n, 1n]],
  ['r = n - 1 and s = 1', (n) => [n - 1n, 1n]],
  ['r and s swapped', (_n, r, s) => [s, r]],
  ['r negated', (n, r, s) => [n - r, s]],
]
const ecdsa = Object.keys(ORDERS).flatMap((alg) =>
  PAIRS.map(([name, pairOf]) => [`${alg} with ${name}`, signedPair(alg, pairOf)]),
)

/** A token whose signature is the pair that `pairOf` makes of n and the right r and s. */
function signedPair(alg, pairOf) {
  return ({ signed, keys }) =>
    signed((good) => {
      const half = good.length / 2
      const [r, s] = pairOf(ORDERS[alg], numberOf(good.subarray(0, half)), numberOf(good.subarray(half)))
      return Buffer.concat([bytesOf(r, half), bytesOf(s, half)])
    }, keys[alg])
}

const ecdsaForms = [
  ['all bits set', ({ signed }) => signed(Buffer.alloc(96, 0xff))],
  ['r and s as DER', ({ token, keys }) => token({ signer: signerOf(keys.ES384, 'ES384', { dsaEncoding: 'der' }) })],
  [
    'r and s as DER, ES256',
    ({ token, keys }) => token({ key: keys.ES256, signer: signerOf(keys.ES256, 'ES256', { dsaEncoding: 'der' }) }),
  ],
  ['r and s each with a zero byte before', ({ signed }) => signed((good) => widened(good, 1))],
  ['r and s each padded to the size of P-521', ({ signed }) => signed((good) => widened(good, 18))],
  ['r and s cut to the size of P-256', ({ signed }) => signed((good) => good.subarray(0, 64))],
  ['r alone', ({ signed }) => signed((good) => good.subarray(0, 48))],
  ['an uncompressed point marker before r', ({ signed }) => signed((good) => Buffer.concat([Buffer.of(4), good]))],
]

function widened(signature, zeros) {
  const half = signature.length / 2
  const zero = Buffer.alloc(zeros)
  return Buffer.concat([zero, signature.subarray(0, half), zero, signature.subarray(half)])
}

const LENGTHS = [
  ['empty', () => Buffer.alloc(0)],
  ['of one zero byte', () => Buffer.alloc(1)],
  ['short by its last byte', (good) => good.subarray(0, -1)],
  ['short by its first byte', (good) => good.subarray(1)],
  ['with a zero byte after', (good) => Buffer.concat([good, Buffer.alloc(1)])],
  ['with a zero byte before', (good) => Buffer.concat([Buffer.alloc(1), good])],
  ['twice over', (good) => Buffer.concat([good, good])],
  ['all zero', (good) => Buffer.alloc(good.length)],
  ['with its first bit flipped', (good) => flipped(good, 0, 0x80)],
  ['with its last bit flipped', (good) => flipped(good, good.length - 1, 0x01)],
]
const lengths = ['ES384', 'RS256', 'PS256', 'EdDSA'].flatMap((alg) =>
  LENGTHS.map(([name, change]) => [`${alg}, a signature ${name}`, ({ signed, keys }) => signed(change, keys[alg])]),
)

function flipped(bytes, index, bit) {
  const copy = Buffer.from(bytes)
  copy[index] ^= bit
  return copy
}

/** RFC 8017 sections 8.1.2 and 8.2.2, step 1: as long as the modulus. */
const rsaWithoutZeros = ['RS256', 'PS256'].map((alg) => [
  `${alg}, a signature without its leading zero`,
  ({ token, keys }) => {
    for (let index = 0; ; index += 1) {
      const whole = token({ key: keys[alg], claims: { jti: `token-${index}` } })
      const [header, payload, signature] = decodeParts(whole)
      if (signature[0] === 0) return [header, payload, signature.subarray(1)].map(encode).join('.')
    }
  },
])

const rsaNumbers = [
  ['RS256, a signature of 1', ({ signed, keys }) => signed(bytesOf(1n, 256), keys.RS256)],
  ['RS256, a signature of n', ({ signed, keys }) => signed(bytesOf(modulus(keys.RS256), 256), keys.RS256)],
  ['RS256, a signature of n - 1', ({ signed, keys }) => signed(bytesOf(modulus(keys.RS256) - 1n, 256), keys.RS256)],
  [
    'RS256, a signature with n added',
    ({ signed, keys }) => signed((good) => bytesOf(numberOf(good) + modulus(keys.RS256), 257), keys.RS256),
  ],
]

function modulus(key) {
  return numberOf(Buffer.from(key.jwk.n, 'base64url'))
}

const SHA256_INFO = '3031300d060960864801650304020105000420'

/** Padding blocks that a careless parser of PKCS #1 accepts; the right key signs them. */
const BLOCKS = [
  ['rubbish after the digest', (digest) => padded(1, 0xff, 150, SHA256_INFO, digest, '00'.repeat(52))],
  ['the least padding and rubbish', (digest) => padded(1, 0xff, 8, SHA256_INFO, digest, 'ff'.repeat(194))],
  ['block type 2', (digest) => padded(2, 0xff, 202, SHA256_INFO, digest)],
  ['padding of zeros', (digest) => padded(1, 0x00, 202, SHA256_INFO, digest)],
  ['no NULL in DigestInfo', (digest) => padded(1, 0xff, 204, '302f300b0609608648016503040201' + '0420', digest)],
  ['the OID of SHA-1', (digest) => padded(1, 0xff, 206, '302d300906052b0e03021a05000420', digest)],
  ['a long-form length in DigestInfo', (digest) => padded(1, 0xff, 201, `308131${SHA256_INFO.slice(4)}`, digest)],
  ['no DigestInfo at all', (digest) => padded(1, 0xff, 221, '', digest)],
]
const rsaBlocks = BLOCKS.map(([name, blockOf]) => [`RS256, a padding block with ${name}`, signedBlock(blockOf)])

/** A token signed by RSA without padding, over the block that `blockOf` makes of the digest. */
function signedBlock(blockOf) {
  return ({ token, keys }) => {
    const signer = (input) => rawlySigned(keys.RS256, blockOf(createHash('sha256').update(input).digest('hex')))
    return token({ key: keys.RS256, signer })
  }
}

/** RSASP1 of RFC 8017 section 5.2.1, in numbers: not every runtime signs without padding. */
function rawlySigned(key, block) {
  const pem = KeyObject.from(key.privateKey).export({ type: 'pkcs8', format: 'pem' })
  const { d } = createPrivateKey(pem).export({ format: 'jwk' })
  const n = modulus(key)
  let [power, base, signature] = [numberOf(Buffer.from(d, 'base64url')), numberOf(block), 1n]
  for (; power > 0n; power >>= 1n) {
    if (power & 1n) signature = (signature * base) % n
    base = (base * base) % n
  }
  return bytesOf(signature, 256)
}

function padded(type, filler, count, ...hex) {
  const block = Buffer.concat([
    Buffer.of(0, type),
    Buffer.alloc(count, filler),
    Buffer.from(`00${hex.join('')}`, 'hex'),
  ])
  if (block.length !== 256) throw new RangeError(`a block of ${block.length} bytes`)
  return block
}

const ed25519 = [
  [
    'EdDSA, with the order of the group added to S',
    ({ signed, keys }) =>
      signed((good) => {
        const s = numberOf(Buffer.from(good.subarray(32)).reverse()) + EDWARDS_ORDER
        return Buffer.concat([good.subarray(0, 32), bytesOf(s, 32).reverse()])
      }, keys.EdDSA),
  ],
  ['EdDSA, R the neutral element and S = 0', ({ signed, keys }) => signed(neutral(), keys.EdDSA)],
  [
    'EdDSA, R and S swapped',
    ({ signed, keys }) => signed((good) => Buffer.concat([good.subarray(32), good.subarray(0, 32)]), keys.EdDSA),
  ],
]

function neutral() {
  return Buffer.concat([Buffer.of(1), Buffer.alloc(63)])
}

const misplaced = [
  [
    "another token's signature",
    ({ token }) => spliced([token(), 0], [token(), 1], [token({ claims: { jti: 'another' } }), 2]),
  ],
  [
    "another token's payload",
    ({ token }) => spliced([token(), 0], [token({ claims: { sub: 'admin' } }), 1], [token(), 2]),
  ],
  ["another token's header", ({ token, keys }) => spliced([token({ key: keys.ES256 }), 0], [token(), 1], [token(), 2])],
  [
    'a changed payload that once was signed',
    ({ token }) => {
      const [header, payload, signature] = token().split('.')
      const text = decodeParts(payload)[0].toString().replace('user-1', 'user-2')
      return [header, encode(text), signature].join('.')
    },
  ],
  ['a payload that is gone', ({ token }) => token().replace(/\..*\./, '..')],
  ["the attacker's key under the tenant's kid", ({ token, attacker }) => token({ signer: signerOf(attacker.key) })],
  [
    "the other tenant's key under this one's kid",
    ({ token, otherTenant }) => token({ signer: signerOf(otherTenant.keys[0]) }),
  ],
  [
    'the key of one kid under the other kid',
    ({ token, keys }) => token({ key: keys.bare, signer: signerOf(keys.RS256) }),
  ],
  [
    'the payload signed alone',
    ({ token, keys }) => token({ signer: (input) => signerOf(keys.ES384)(input.split('.')[1]) }),
  ],
  [
    'the header signed alone',
    ({ token, keys }) => token({ signer: (input) => signerOf(keys.ES384)(input.split('.')[0]) }),
  ],
  [
    'both parts signed without the dot',
    ({ token, keys }) => token({ signer: (input) => signerOf(keys.ES384)(input.replace('.', '')) }),
  ],
  [
    'the decoded parts signed',
    ({ token, keys }) => token({ signer: (input) => signerOf(keys.ES384)(decodeParts(input).join('.')) }),
  ],
  [
    'a hash of the parts in place of a signature',
    ({ token }) => token({ signer: (input) => createHash('sha384').update(input).digest() }),
  ],
]

function spliced(...choices) {
  return choices.map(([token, index]) => token.split('.')[index]).join('.')
}

/** Tokens without a kid: the only key that fits must be used, and no other key. */
const withoutKid = [
  [
    'no kid, signed by the attacker',
    ({ token, attacker }) => token({ header: { kid: undefined }, signer: signerOf(attacker.key) }),
  ],
  [
    'no kid, signed by another RSA key of the set',
    ({ token, keys }) => token({ header: { alg: 'PS384', kid: undefined }, signer: signerOf(keys.PS256, 'PS384') }),
  ],
]

const controls = [
  ['r and s taken apart and put together', signedPair('ES384', (_n, r, s) => [r, s])],
  // JWS does not require the lower of the two possible values of s (RFC 7518 section 3.4).
  ['s negated, which is as good', signedPair('ES384', (n, r, s) => [r, n - s])],
  ['a padding block as it should be', signedBlock((digest) => padded(1, 0xff, 202, SHA256_INFO, digest))],
]

module.exports = {
  rows: invalid([
    ...ecdsa,
    ...ecdsaForms,
    ...lengths,
    ...rsaWithoutZeros,
    ...rsaNumbers,
    ...rsaBlocks,
    ...ed25519,
    ...misplaced,
    ...withoutKid,
  ]),
  controls,
}
