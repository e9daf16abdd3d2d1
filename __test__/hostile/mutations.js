'use strict'

// Mutations of good tokens. Most results are bad tokens. Mutations named "signed" sign the result with the right key.

const {
  ALPHABET,
  assemble,
  assembleEncoded,
  bytesOf,
  decodeParts,
  encode,
  loosened,
  numberOf,
  signerOf,
} = require('./forge')

const { DIVISIVE, HEADER_MEMBERS, NAMES, edited, replaced } = require('./member-edits')

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

const INTERESTING = ['.', '=', '+', '/', '-', '_', ' ', '\n', '\t', '\0', '%', '\u017f', '\ud800', '\ufeff', 'A', '~']

/** Bytes with a special meaning in JSON or UTF-8. */
const BYTES = [...Buffer.from('{}[]",:\\/ \n\t0-eE.+u'), 0x00, 0x1f, 0x7f, 0x80, 0xc0, 0xe2, 0xed, 0xf4, 0xff]

/** Functions from `(random, subject)` to a token. A subject is `{ key, header, payload, token, another }`; its header
 * and payload are JSON text. */
const MUTATIONS = {
  unchanged: (_random, { token }) => token,

  'a character replaced': (random, { token }) => {
    const at = random.below(token.length)
    return token.slice(0, at) + characterOf(random) + token.slice(at + 1)
  },

  'a character inserted': (random, { token }) => {
    const at = random.below(token.length + 1)
    return token.slice(0, at) + characterOf(random) + token.slice(at)
  },

  'characters inserted around': (random, { token }) => {
    const one = random.pick(INTERESTING)
    return random.pick([one + token, token + one, one + token + one, token.replaceAll('.', `.${one}`)])
  },

  'characters removed': (random, { token }) => {
    const at = random.below(token.length)
    return token.slice(0, at) + token.slice(at + 1 + random.below(4))
  },

  'cut short': (random, { token }) => token.slice(0, random.below(token.length)),

  'a bit of the signature flipped': (random, { token }) => {
    const [header, payload, signature] = token.split('.')
    return [header, payload, encode(withBitFlipped(random, Buffer.from(signature, 'base64url')))].join('.')
  },

  'a bit of the header or payload flipped': (random, { token }) => {
    const parts = decodeParts(token)
    const at = random.below(2)
    parts[at] = withBitFlipped(random, parts[at])
    return parts.map(encode).join('.')
  },

  'a part of another token': (random, { token, another }) => {
    const parts = token.split('.')
    const others = another.token.split('.')
    return parts.map((part, index) => (random.chance(2) ? part : others[index])).join('.')
  },

  'parts moved': (random, { token }) => {
    const parts = token.split('.')
    return Array.from({ length: 1 + random.below(5) }, () => random.pick(parts)).join('.')
  },

  'the signature of another key': (_random, { header, payload, another }) =>
    assemble(header, payload, signerOf(another.key)),

  'signed, by another algorithm of that type of key': (random, { key, header, payload }) => {
    const alg = random.pick(ALGORITHMS.filter((one) => keyTypeOf(one) === keyTypeOf(key.alg)))
    const changed = random.chance(4) ? header : header.replace(/"alg":"\w+"/, `"alg":"${alg}"`)
    return assemble(changed, payload, signerOf(key, alg))
  },

  'the signature in another form': (random, { key, token }) => {
    const [header, payload, text] = token.split('.')
    const signature = Buffer.from(text, 'base64url')
    const forms = [
      () => signature.subarray(1),
      () => Buffer.concat([Buffer.alloc(1), signature]),
      () => Buffer.concat([signature, Buffer.alloc(1)]),
      () => Buffer.alloc(signature.length),
      () => negated(key.alg, signature),
    ]
    return [header, payload, encode(random.pick(forms)())].join('.')
  },

  'base64url that is not canonical': (random, { key, header, payload, token }) => {
    const [first, second, signature] = token.split('.')
    const signer = signerOf(key)
    const edit = random.pick([loosen, pad, standard, breakLine])
    return random.pick([
      () => `${first}.${second}.${edit(signature)}`,
      () => assembleEncoded(edit(encode(header)), encode(payload), signer),
      () => assembleEncoded(encode(header), edit(encode(payload)), signer),
    ])()
  },

  'signed, a byte of the JSON replaced': (random, subject) =>
    signed(random, subject, (bytes) => {
      bytes[random.below(bytes.length)] = random.chance(2) ? random.pick(BYTES) : random.below(256)
      return bytes
    }),

  'signed, bytes put into the JSON': (random, subject) =>
    signed(random, subject, (bytes) => {
      const at = random.below(bytes.length + 1)
      return Buffer.concat([bytes.subarray(0, at), Buffer.of(random.pick(BYTES)), bytes.subarray(at)])
    }),

  'signed, bytes taken out of the JSON': (random, subject) =>
    signed(random, subject, (bytes) => {
      const at = random.below(bytes.length)
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(3))])
    }),

  'signed, a part of the JSON twice': (random, subject) =>
    signed(random, subject, (bytes) => {
      const members = bytes.toString().slice(1, -1).split(',')
      members.splice(random.below(members.length), 0, random.pick(members))
      return Buffer.from(`{${members.join(',')}}`)
    }),

  'signed, something around the JSON': (random, subject) =>
    signed(random, subject, (bytes) => {
      const [before, after] = random.pick([
        ['\ufeff', ''],
        ['', '\ufeff'],
        [' \n', '\t\r'],
        ['[', ']'],
        ['', '\0'],
        ['', ' x'],
        ['{"x":', '}'],
      ])
      return Buffer.from(before + bytes + after)
    }),

  'signed, a member of the header': (random, subject) => withMember(random, subject, 'header'),
  'signed, a member of the payload': (random, subject) => withMember(random, subject, 'payload'),
  'signed, two members of the payload': (random, subject) =>
    withMember(random, { ...subject, payload: edited(random, subject.payload, NAMES.payload) }, 'payload'),

  'signed, an optional claim': (random, subject) =>
    withMember(random, subject, 'payload', ['scope', 'jti', 'client_id', 'x', 'aud', 'iat']),

  'signed, a member that parsers differ on': (random, { key, header, payload }) => {
    const [name, value] = random.pick(DIVISIVE)
    const isHeader = HEADER_MEMBERS.test(name)
    const parts = [header, payload].map((text, index) =>
      isHeader === (index === 0) ? replaced(text, name, value) : text,
    )
    return assemble(...parts, signerOf(key))
  },

  'signed, very long': (random, { key, header, payload }) =>
    assemble(header, `${payload.slice(0, -1)},"x":"${'x'.repeat(48_000 + random.below(2_000))}"}`, signerOf(key)),
}

function characterOf(random) {
  return random.chance(3) ? random.pick(INTERESTING) : random.pick(ALPHABET)
}

function withBitFlipped(random, bytes) {
  bytes[random.below(bytes.length)] ^= 1 << random.below(8)
  return bytes
}

/** A signed token, after a change to the bytes of its payload or, less often, its header. */
function signed(random, { key, header, payload }, change) {
  if (random.chance(4)) return assemble(change(Buffer.from(header)), payload, signerOf(key))
  return assemble(header, change(Buffer.from(payload)), signerOf(key))
}

function withMember(random, { key, header, payload }, part, names = NAMES[part]) {
  const parts = { header, payload }
  parts[part] = edited(random, parts[part], names)
  return assemble(parts.header, parts.payload, signerOf(key))
}

function keyTypeOf(alg) {
  return alg.slice(0, 2).replace('PS', 'RS')
}

const ORDERS = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES384: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
}

/** The second of the two ECDSA signatures that are valid: (r, n - s). */
function negated(alg, signature) {
  if (ORDERS[alg] === undefined) return signature
  const half = signature.length / 2
  const s = ORDERS[alg] - numberOf(signature.subarray(half))
  return Buffer.concat([signature.subarray(0, half), bytesOf(s, half)])
}

const loosen = (part) => (part.length % 4 === 0 ? part : loosened(part))
const pad = (part) => part.padEnd(Math.ceil(part.length / 4) * 4, '=')
const standard = (part) => part.replaceAll('-', '+').replaceAll('_', '/')
const breakLine = (part) => `${part.slice(0, 8)}\n${part.slice(8)}`

module.exports = { MUTATIONS }
