'use strict'

// Headers with too many, too few or repeated members. Rows: [the name, the code, the function that makes it].

const { jsonWith, signerOf } = require('./forge')

const malformed = (rows) => rows.map(([name, make]) => [name, 'token_malformed', make])

/** Extensions that a verifier must understand or refuse (RFC 7515 section 4.1.11); the tokens are correctly signed. */
const EXTENSIONS = [
  { crit: ['b64'], b64: false },
  { crit: ['b64'], b64: true },
  { b64: false },
  { b64: true },
  { crit: [] },
  { crit: null },
  { crit: 'exp' },
  { crit: ['exp'] },
  { crit: ['alg', 'kid'] },
  { crit: ['urn:example:unknown'], 'urn:example:unknown': true },
  { crit: ['__proto__'] },
]
const extensions = EXTENSIONS.map((header) => [JSON.stringify(header), (world) => world.token({ header })])

const TEXTS = [
  ['an array', (header) => JSON.stringify([header])],
  ['a string', (header) => JSON.stringify(JSON.stringify(header))],
  ['a number', () => '42'],
  ['null', () => 'null'],
  ['empty', () => ''],
  ['an empty object', () => '{}'],
  ['not JSON', () => 'alg=ES384'],
  ['JSON with a trailing comma', (header) => `${JSON.stringify(header).slice(0, -1)},}`],
  ['JSON with a comment', (header) => `/**/${JSON.stringify(header)}`],
  ['two objects', (header) => JSON.stringify(header).repeat(2)],
  ['followed by NUL', (header) => `${JSON.stringify(header)}\0`],
  ['after a byte order mark', (header) => `\ufeff${JSON.stringify(header)}`],
  ['in UTF-16', (header) => Buffer.from(JSON.stringify(header), 'utf16le')],
  ['in broken UTF-8', (header) => Buffer.from(jsonWith(header, '"x":"\xff"'), 'latin1')],
  ['with alg twice', (header) => jsonWith(header, '"alg":"ES384"')],
  ['with alg none first', (header) => `{"alg":"none",${JSON.stringify(header).slice(1)}`],
  ['with alg none last', (header) => jsonWith(header, '"alg":"none"')],
  ['with alg twice, once escaped', (header) => jsonWith(header, '"\\u0061lg":"ES384"')],
  ['with kid twice', (header) => jsonWith(header, '"kid":"attacker"')],
  ['with typ twice', (header) => jsonWith(header, '"typ":"id+jwt"')],
  ['with an unknown member twice', (header) => jsonWith(header, '"x":1,"x":1')],
  ['with a member twice in a nested object', (header) => jsonWith(header, '"x":[{"a":1,"a":1}]')],
  ['with crit spelt in escapes', (header) => jsonWith(header, '"\\u0063rit":["exp"]')],
  ['with a lone surrogate', (header) => jsonWith(header, '"x":"\\ud800"')],
  ['with a number beyond all doubles', (header) => jsonWith(header, '"x":1e400')],
  ['nested 200 deep', (header) => jsonWith(header, `"x":${'['.repeat(200)}${']'.repeat(200)}`)],
  ['nested 20,000 deep', (header) => jsonWith(header, `"x":${'['.repeat(20_000)}${']'.repeat(20_000)}`)],
  ['of unclosed brackets', () => '['.repeat(40_000)],
  ['of unclosed objects', () => '{"a":'.repeat(8_000)],
  ['with alg in __proto__', (header) => jsonWith(header, '"__proto__":{"alg":"ES384"}', ['alg'])],
]
const texts = TEXTS.map(([name, textOf]) => [
  `a header ${name}`,
  (world) => world.token({ header: Buffer.from(textOf(world.header())) }),
])

const WRONG_TYPES = [{ kid: null }, { kid: 0 }, { kid: true }, { kid: ['a'] }, { kid: {} }, { typ: null }, { typ: 1 }]
const wrongTypes = [...WRONG_TYPES, { typ: ['at+jwt'] }, { typ: {} }].map((header) => [
  `a header with ${JSON.stringify(header)}`,
  (world) => world.token({ header }),
])
const kidsAsList = [
  ['a header with the right kid in a list', (world) => world.token({ header: { kid: [world.keys.ES384.jwk.kid] } })],
]

/** Unknown kids, with names that have made other verifiers read a file, a table or a prototype. */
const KIDS = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'keys',
  '0',
  'attacker',
  '../../../../dev/null',
  '/proc/sys/kernel/randomize_va_space',
  "' UNION SELECT 'secret' --",
  '"; ls #',
  '$(id)',
  '*',
  '.*',
  '%00',
  '\0',
  'k\r\nX-Injected: 1',
  '\u202ekid',
  'kid\ud83d\ude00',
]
const kids = KIDS.map((kid) => [
  `kid ${JSON.stringify(kid)}`,
  'key_not_found',
  (world) => world.token({ header: { kid }, signer: signerOf(world.attacker.key) }),
])

const KID_CHANGES = [
  ['in another case', (kid) => swapCase(kid)],
  ['with a space after', (kid) => `${kid} `],
  ['with a space before', (kid) => ` ${kid}`],
  ['with NUL after', (kid) => `${kid}\0`],
  ['with its last character cut', (kid) => kid.slice(0, -1)],
  ['of 30,000 characters', (kid) => kid.padEnd(30_000, 'k')],
]
const changedKids = KID_CHANGES.map(([name, change]) => [
  `the right kid ${name}`,
  'key_not_found',
  (world) => world.token({ header: { kid: change(world.keys.ES384.jwk.kid) } }),
])

function swapCase(text) {
  return text.replace(/[a-z]/gi, (one) => (one < 'a' ? one.toLowerCase() : one.toUpperCase()))
}

/** Header members with which an attacker may offer a key of their own. */
const KEY_CARRIERS = [
  ['jwk', ({ attacker }) => ({ jwk: attacker.key.jwk })],
  ['jwk with the private key', ({ attacker }) => ({ jwk: { ...attacker.key.jwk, d: 'AQ' } })],
  ['jwk of an oct key', () => ({ jwk: { kty: 'oct', k: '' } })],
  ['jku', ({ attacker }) => ({ jku: attacker.url })],
  ['jku below the tenant by userinfo', ({ attacker }) => ({ jku: attacker.url.replace('//', '//tenant.example@') })],
  ['jku as a list', ({ attacker }) => ({ jku: [attacker.url] })],
  ['x5u', ({ attacker }) => ({ x5u: attacker.url })],
  ['x5c', () => ({ x5c: ['MIIBATCBqAIJAA=='] })],
  [
    'jwk, jku, x5u and x5c',
    ({ attacker }) => ({ jwk: attacker.key.jwk, jku: attacker.url, x5u: attacker.url, x5c: [] }),
  ],
]
const carriers = KEY_CARRIERS.flatMap(([name, members]) => [
  [
    `${name} beside the tenant's kid`,
    'signature_invalid',
    (world) => world.token({ header: members(world), signer: signerOf(world.attacker.key) }),
  ],
  [
    `${name} beside the attacker's kid`,
    'key_not_found',
    (world) => world.token({ header: { kid: 'attacker', ...members(world) }, signer: signerOf(world.attacker.key) }),
  ],
  [
    `${name} and no kid`,
    'signature_invalid',
    (world) => world.token({ header: { kid: undefined, ...members(world) }, signer: signerOf(world.attacker.key) }),
  ],
])

const TYPES = [
  'id+jwt',
  'logout+jwt',
  'dpop+jwt',
  'secevent+jwt',
  'rt+jwt',
  'JWE',
  'JOSE',
  '',
  ' ',
  'at+jwt ',
  'at jwt',
  'xat+jwt',
  'at+jwt;charset=utf-8',
  'application/application/at+jwt',
  'text/at+jwt',
  'application/',
  '\uff2aWT',
]
const types = TYPES.map((typ) => [
  `typ ${JSON.stringify(typ)}`,
  'claim_invalid',
  (world) => world.token({ header: { typ } }),
])

const controls = [
  ['a header with unknown members', (world) => world.token({ header: { x: { y: [1] }, cty: 'JWT', x5t: 'AA' } })],
  ['a header in escapes', (world) => world.token({ header: jsonWith(world.header(), '"\\u0061lg":"ES384"', ['alg']) })],
]

const rows = [
  ...malformed([...extensions, ...texts, ...wrongTypes, ...kidsAsList]),
  ...kids,
  ...changedKids,
  ...carriers,
  ...types,
]

module.exports = { rows, controls }
