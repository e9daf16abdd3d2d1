'use strict'

// Good tokens in encodings that a compact JWS must not have. Rows: [the name, the code, the function that makes it].

const { assembleEncoded, encode, loosened, signerOf } = require('./forge')

const malformed = (rows) => rows.map(([name, make]) => [name, 'token_malformed', make])

/** Changes to a good token: [the name, the function that changes it]. */
const CHANGES = [
  ['a space before', (token) => ` ${token}`],
  ['a space after', (token) => `${token} `],
  ['a tab after', (token) => `${token}\t`],
  ['a newline before', (token) => `\n${token}`],
  ['a newline after', (token) => `${token}\n`],
  ['CR LF after', (token) => `${token}\r\n`],
  ['a no-break space after', (token) => `${token}\u00a0`],
  ['a zero-width space after', (token) => `${token}\u200b`],
  ['a byte order mark before', (token) => `\ufeff${token}`],
  ['a form feed before', (token) => `\f${token}`],
  ['white space around the first dot', (token) => token.replace('.', ' . ')],
  ['a newline in the header', (token) => `${token.slice(0, 10)}\n${token.slice(10)}`],
  ['a newline in the signature', (token) => `${token.slice(0, -10)}\n${token.slice(-10)}`],
  ['a line break each 64 characters', (token) => token.match(/.{1,64}/g).join('\r\n')],
  ['NUL after', (token) => `${token}\0`],
  ['NUL before', (token) => `\0${token}`],
  ['NUL and rubbish after', (token) => `${token}\0.evil`],
  ['NUL inside', (token) => `${token.slice(0, 20)}\0${token.slice(20)}`],
  ['a lone high surrogate after', (token) => `${token}\ud800`],
  ['a lone low surrogate before', (token) => `\udc00${token}`],
  ['a lone surrogate inside', (token) => `${token.slice(0, 20)}\udbff${token.slice(20)}`],
  ['an emoji after', (token) => `${token}\u{1f511}`],
  ['each character 256 code points up', (token) => shifted(token, 0x100, /./g)],
  ['each letter 256 code points up', (token) => shifted(token, 0x100, /[A-Za-z]/g)],
  ['one letter 256 code points up', (token) => shifted(token, 0x100, /[a-z]/)],
  ['each character 0x2000 code points up', (token) => shifted(token, 0x2000, /./g)],
  ['each character 65,536 code points up', (token) => shifted(token, 0x10000, /./g)],
  ['each character in full width', (token) => shifted(token, 0xfee0, /./g)],
  ['dots 256 code points up', (token) => shifted(token, 0x100, /\./g)],
  ['ideographic full stops', (token) => token.replaceAll('.', '\u3002')],
  ['full-width full stops', (token) => token.replaceAll('.', '\uff0e')],
  ['percent-encoded dots', (token) => token.replaceAll('.', '%2E')],
  [
    'its last character percent-encoded',
    (token) => `${token.slice(0, -1)}%${token.charCodeAt(token.length - 1).toString(16)}`,
  ],
  ['the scheme before', (token) => `Bearer ${token}`],
  ['quotes around', (token) => `"${token}"`],
  ['single quotes around', (token) => `'${token}'`],
  ['angle brackets around', (token) => `<${token}>`],
  ['a comma and itself after', (token) => `${token},${token}`],
  ['a space and itself after', (token) => `${token} ${token}`],
  ['itself after', (token) => token + token],
  ['a dot before', (token) => `.${token}`],
  ['a dot after', (token) => `${token}.`],
  ['two dots after', (token) => `${token}..`],
  ['a fourth part', (token) => `${token}.e30`],
  ['an empty part inside', (token) => token.replace('.', '..')],
  ['a # after', (token) => `${token}#fragment`],
  ['a ~ after, as SD-JWT has', (token) => `${token}~`],
  ['its first dot gone', (token) => token.replace('.', '')],
  ['its signature and dot gone', (token) => token.slice(0, token.lastIndexOf('.'))],
  ['its header gone', (token) => token.slice(token.indexOf('.'))],
  ['commas for dots', (token) => token.replaceAll('.', ',')],
  ['its parts in reverse', (token) => token.split('.').reverse().join('.')],
  ['its characters in reverse', (token) => [...token].reverse().join('')],
  ['= after the header', (token) => token.replace('.', '=.')],
  ['= after the payload', (token) => token.replace(/\.([^.]*)$/, '=.$1')],
  ['= after the signature', (token) => `${token}=`],
  ['== after the signature', (token) => `${token}==`],
  ['==== after the signature', (token) => `${token}====`],
  ['%3D after the signature', (token) => `${token}%3D`],
  ['one character more', (token) => `${token}A`],
  ['! in the signature', (token) => `${token.slice(0, -1)}!`],
  ['its letters in upper case', (token) => token.toUpperCase()],
]
const changes = CHANGES.map(([name, change]) => [`a good token with ${name}`, (world) => change(world.token())])

/** Adds `by` to the code points of matching characters. A parser that cuts them to bytes or 16 bits would undo this. */
function shifted(token, by, pattern) {
  return token.replace(pattern, (one) => String.fromCodePoint(one.charCodeAt(0) + by))
}

/** Parts in a second encoding of the same bytes. Each token is correctly signed in that encoding. */
const PARTS = [
  ['unused bits set in the header', (header, payload) => [loosened(header), payload]],
  ['unused bits set in the payload', (header, payload) => [header, loosened(payload)]],
  ['padding after the header', (header, payload) => [padded(header), payload]],
  ['padding after the payload', (header, payload) => [header, padded(payload)]],
  ['a newline in the header', (header, payload) => [`${header}\n`, payload]],
  ['a newline in the payload', (header, payload) => [header, `\n${payload}`]],
  ['+ and / in the header', (header, payload) => [standard(header), payload]],
  ['+ and / in the payload', (header, payload) => [header, standard(payload)]],
  ['a character too many in the payload', (header, payload) => [header, `${payload.slice(0, -(payload.length % 4))}A`]],
  ['a payload of bare JSON', (header, payload) => [header, Buffer.from(payload, 'base64url').toString()]],
  ['a header of bare JSON', (header, payload) => [Buffer.from(header, 'base64url').toString(), payload]],
]
const parts = PARTS.map(([name, change]) => [`correctly signed, with ${name}`, written(change)])

/** A token whose parts contain `-` or `_` and unused bits. The parts are changed before they are signed. */
function written(change) {
  return (world) => {
    const header = encode(spaced({ ...world.header(), x: '???>>>' }))
    const payload = encode(spaced({ ...world.claims(), x: '???>>>' }))
    return assembleEncoded(...change(header, payload), signerOf(world.keys.ES384))
  }
}

function spaced(object) {
  const text = JSON.stringify(object)
  return text + ' '.repeat((4 - (Buffer.byteLength(text) % 3)) % 3)
}

function padded(part) {
  return part.padEnd(Math.ceil(part.length / 4) * 4, '=')
}

function standard(part) {
  const text = part.replaceAll('-', '+').replaceAll('_', '/')
  if (text === part) throw new RangeError('neither - nor _')
  return text
}

const looseSignatures = ['ES256', 'RS256', 'EdDSA'].flatMap((alg) => [
  [
    `unused bits set in an ${alg} signature`,
    ({ token, keys }) => token({ key: keys[alg] }).replace(/[^.]+$/, (signature) => loosened(signature)),
  ],
  [
    `padding after an ${alg} signature`,
    ({ token, keys }) => token({ key: keys[alg] }).replace(/[^.]+$/, (signature) => padded(signature)),
  ],
])

const controls = [['correctly signed, with - and _ and unused bits in the parts', written((...both) => both)]]

module.exports = { rows: malformed([...changes, ...parts, ...looseSignatures]), controls }
