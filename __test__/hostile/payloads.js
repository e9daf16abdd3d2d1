'use strict'

// Payloads that are no JSON object of unique members, under good signatures.
// Rows: [the name, the code, the function that makes it].

const { deflateRawSync } = require('node:zlib')
const { jsonWith } = require('./forge')

const FUTURE = 9_999_999_999

/** Payloads: [the name, a function from good claims to the payload's text]. */
const TEXTS = [
  ['an array', (claims) => JSON.stringify([claims])],
  ['an array of pairs', (claims) => JSON.stringify(Object.entries(claims))],
  ['a string', (claims) => JSON.stringify(JSON.stringify(claims))],
  ['a number', () => '1'],
  ['true', () => 'true'],
  ['null', () => 'null'],
  ['empty', () => ''],
  ['white space', () => ' \n'],
  ['not JSON', () => 'sub=user-1&exp=9999999999'],
  ['a query string in quotes', () => "{'sub':'user-1'}"],
  ['JSON with a trailing comma', (claims) => `${JSON.stringify(claims).slice(0, -1)},}`],
  ['JSON with a comment', (claims) => `${JSON.stringify(claims)}//`],
  ['JSON without its end', (claims) => JSON.stringify(claims).slice(0, -1)],
  ['two objects', (claims) => JSON.stringify(claims).repeat(2)],
  ['an object and a NUL', (claims) => `${JSON.stringify(claims)}\0`],
  ['an object and a letter', (claims) => `${JSON.stringify(claims)}x`],
  ['after a byte order mark', (claims) => `\ufeff${JSON.stringify(claims)}`],
  ['after a no-break space', (claims) => `\u00a0${JSON.stringify(claims)}`],
  ['after a form feed', (claims) => `\f${JSON.stringify(claims)}`],
  ['in UTF-16, little-endian', (claims) => Buffer.from(JSON.stringify(claims), 'utf16le')],
  ['in UTF-16, big-endian', (claims) => Buffer.from(`\ufeff${JSON.stringify(claims)}`, 'utf16le').swap16()],
  ['with a byte that is no UTF-8', (claims) => Buffer.from(jsonWith(claims, '"x":"\xff"'), 'latin1')],
  ['with an overlong slash', (claims) => Buffer.from(jsonWith(claims, '"x":"\xc0\xaf"'), 'latin1')],
  ['with a surrogate in UTF-8', (claims) => Buffer.from(jsonWith(claims, '"x":"\xed\xa0\x80"'), 'latin1')],
  ['with UTF-8 cut short', (claims) => Buffer.from(jsonWith(claims, '"x":"\xe2\x82"'), 'latin1')],
  ['with a code point past the last', (claims) => Buffer.from(jsonWith(claims, '"x":"\xf4\x90\x80\x80"'), 'latin1')],
  ['with a raw newline in a string', (claims) => jsonWith(claims, '"x":"a\nb"')],
  ['with a raw NUL in a string', (claims) => jsonWith(claims, '"x":"a\0b"')],
  ['with an escape that JSON lacks', (claims) => jsonWith(claims, '"x":"\\x41"')],
  ['with a lone high surrogate', (claims) => jsonWith(claims, '"x":"\\ud800"')],
  ['with a lone low surrogate', (claims) => jsonWith(claims, '"x":"\\udc00a"')],
  ['with a lone surrogate as a name', (claims) => jsonWith(claims, '"\\udfff":1')],
  ['with a name that is no string', (claims) => jsonWith(claims, 'x:1')],
  ['with undefined', (claims) => jsonWith(claims, '"x":undefined')],
  ['nested 200 deep', (claims) => jsonWith(claims, `"x":${'['.repeat(200)}${']'.repeat(200)}`)],
  ['nested 20,000 deep in objects', (claims) => jsonWith(claims, `"x":${'{"":'.repeat(9_000)}1${'}'.repeat(9_000)}`)],
  ['of unclosed brackets', () => '['.repeat(40_000)],
  ['of unclosed objects', () => '{"a":'.repeat(8_000)],
  ['with exp twice, the same', (claims) => jsonWith(claims, `"exp":${claims.exp}`)],
  ['with exp twice, the first in the past', (claims) => `{"exp":1,${JSON.stringify(claims).slice(1)}`],
  ['with exp twice, the second in the past', (claims) => jsonWith(claims, '"exp":1')],
  ['with exp twice, once escaped', (claims) => jsonWith(claims, `"\\u0065xp":${FUTURE}`)],
  ['with exp twice, twice escaped', (claims) => jsonWith(claims, `"ex\\u0070":1,"e\\u0078p":${FUTURE}`, ['exp'])],
  ['with exp twice, in escapes of either case', (claims) => jsonWith(claims, '"\\u006A":1,"\\u006a":1')],
  ['with sub twice', (claims) => jsonWith(claims, '"sub":"admin"')],
  ['with iss twice', (claims) => jsonWith(claims, '"iss":"https://evil.example"')],
  ['with aud twice', (claims) => jsonWith(claims, '"aud":"https://evil.example"')],
  ['with scope twice', (claims) => jsonWith(claims, '"scope":"admin"')],
  ['with __proto__ twice', (claims) => jsonWith(claims, '"__proto__":{},"__proto__":{}')],
  ['with an empty name twice', (claims) => jsonWith(claims, '"":1,"":1')],
  ['with a solidus name twice, once escaped', (claims) => jsonWith(claims, '"/":1,"\\/":1')],
  ['with a member twice in an object', (claims) => jsonWith(claims, '"x":{"a":1,"a":2}')],
  ['with a member twice in a list', (claims) => jsonWith(claims, '"x":[0,[{"a":1,"b":2,"a":1}]]')],
  ['with a member twice, escaped and deep', (claims) => jsonWith(claims, '"x":{"y":{"z":[{"a":1,"\\u0061":1}]}}')],
  ['compressed', (claims) => deflateRawSync(JSON.stringify(claims))],
]
const texts = TEXTS.map(([name, textOf]) => [
  `a payload ${name}`,
  'token_malformed',
  (world) => world.token({ claims: Buffer.from(textOf(world.claims())) }),
])

/** Numbers that are no JSON, or too large for a double: [the claim, the text]. */
const NUMBERS = [
  ['exp', '1e400'],
  ['exp', '-1e400'],
  ['exp', '1E999999999'],
  ['exp', 'NaN'],
  ['exp', 'Infinity'],
  ['exp', '-Infinity'],
  ['exp', '0x7fffffffff'],
  ['exp', '+9999999999'],
  ['exp', '09999999999'],
  ['exp', '9999999999.'],
  ['exp', '.9999999999e11'],
  ['exp', '9_999_999_999'],
  ['exp', '9999999999n'],
  ['exp', `1${'0'.repeat(400)}`],
  ['exp', ''],
  ['nbf', '-1e400'],
  ['iat', '1e400'],
  ['x', '1e400'],
  ['x', '[[{"y":-1e309}]]'],
]
const numbers = NUMBERS.map(([name, text]) => [
  `${name} ${text.slice(0, 30) || 'without a value'}`,
  'token_malformed',
  (world) => world.tokenWithClaim(name, text),
])

const hidden = [
  ['an empty object', 'claim_invalid', (world) => world.token({ claims: '{}' })],
  [
    'every claim in __proto__',
    'claim_invalid',
    (world) => world.token({ claims: `{"__proto__":${JSON.stringify(world.claims())}}` }),
  ],
  [
    'every claim in a nested object',
    'claim_invalid',
    (world) => world.token({ claims: { ...cleared(world.claims()), claims: world.claims() } }),
  ],
  [
    'exp in __proto__',
    'claim_invalid',
    (world) => world.token({ claims: jsonWith(world.claims(), `"__proto__":{"exp":${FUTURE}}`, ['exp']) }),
  ],
  ['exp -0', 'token_expired', (world) => world.tokenWithClaim('exp', '-0')],
  ['exp 1e-400', 'token_expired', (world) => world.tokenWithClaim('exp', '1e-400')],
  [
    'a token in the payload',
    'token_malformed',
    (world) => world.token({ header: { cty: 'JWT' }, claims: world.token() }),
  ],
  [
    'a compressed payload under zip',
    'token_malformed',
    (world) => world.token({ header: { zip: 'DEF' }, claims: deflateRawSync(JSON.stringify(world.claims())) }),
  ],
]

function cleared(claims) {
  return Object.fromEntries(Object.keys(claims).map((name) => [name, undefined]))
}

const controls = [
  ['a payload with a member of its own', (world) => world.tokenWithClaim('x', '1')],
  ['a payload with names that differ in case', (world) => world.tokenWithClaim('Exp', '1')],
  ['a payload nested 100 deep', (world) => world.tokenWithClaim('x', `${'['.repeat(100)}${']'.repeat(100)}`)],
  ['a payload amid white space', (world) => world.token({ claims: ` \t\r\n${JSON.stringify(world.claims())}\n` })],
  [
    'a payload with exp in escapes',
    (world) => world.token({ claims: jsonWith(world.claims(), `"\\u0065xp":${FUTURE}`, ['exp']) }),
  ],
  ['the same member in two objects', (world) => world.tokenWithClaim('x', '[{"a":1},{"a":1,"b":{"a":1}}]')],
]

module.exports = { rows: [...texts, ...numbers, ...hidden], controls }
