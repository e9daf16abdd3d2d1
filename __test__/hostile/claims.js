'use strict'

// Claims of the wrong type or value, under good signatures. Rows: [the name, the code, the function that makes it].

const DAY = 86_400

/** Values of the wrong type: [the claim, the values]. */
const WRONG_TYPES = [
  [
    'exp',
    [
      '9999999999',
      '2099-01-01T00:00:00Z',
      'NaN',
      'Infinity',
      '',
      null,
      true,
      false,
      [],
      [9_999_999_999],
      {},
      { $gt: 0 },
    ],
  ],
  ['nbf', ['0', '', null, false, [0], {}]],
  ['iat', ['0', '', null, true, [0], {}]],
  ['iss', [null, 5, true, {}, { toString: 'x' }, []]],
  [
    'aud',
    [null, 5, true, {}, { 0: 'https://api.example.com', length: 1 }, [5], [null], ['https://api.example.com', 5]],
  ],
  ['aud', [[['https://api.example.com']], ['https://api.example.com', null], { 'https://api.example.com': true }]],
  ['sub', [null, 5, 0, true, {}, [], ['user-1']]],
  ['scope', [null, 5, true, {}, [], ['read:things'], { 'read:things': true }]],
  ['jti', [null, 5, 0, false, {}, [], ['token-1']]],
  ['client_id', [null, 5, 0, false, {}, [], ['app-1'], { toString: 'app-1' }]],
]
const wrongTypes = WRONG_TYPES.flatMap(([name, values]) =>
  values.map((value) => [
    `${name} ${JSON.stringify(value)}`,
    'claim_invalid',
    (world) => world.token({ claims: { [name]: value } }),
  ]),
)

/** Wrong values: [the name, the code, changes to the claims]; `undefined` removes a claim. */
const WRONG_VALUES = [
  ['no exp', 'claim_invalid', () => ({ exp: undefined })],
  ['exp in another case', 'claim_invalid', ({ now }) => ({ exp: undefined, Exp: now() + DAY })],
  ['exp with a space in its name', 'claim_invalid', ({ now }) => ({ exp: undefined, 'exp ': now() + DAY })],
  ['expired by a second', 'token_expired', ({ now }) => ({ exp: now() - 1 })],
  ['expired by a fraction of a second', 'token_expired', ({ now }) => ({ exp: now() - 0.001 })],
  ['expiring this second', 'token_expired', ({ now }) => ({ exp: now() })],
  ['expired a day ago', 'token_expired', ({ now }) => ({ exp: now() - DAY })],
  ['exp 0', 'token_expired', () => ({ exp: 0 })],
  ['a negative exp', 'token_expired', () => ({ exp: -9_999_999_999 })],
  ['an exp of -1', 'token_expired', () => ({ exp: -1 })],
  ['the least exp a double can hold', 'token_expired', () => ({ exp: -Number.MAX_VALUE })],
  ['valid from tomorrow', 'token_not_yet_valid', ({ now }) => ({ nbf: now() + DAY })],
  ['valid in half a minute', 'token_not_yet_valid', ({ now }) => ({ nbf: now() + 30 })],
  ['valid from the end of time', 'token_not_yet_valid', () => ({ nbf: Number.MAX_VALUE })],
  ['nbf past exp', 'token_not_yet_valid', ({ now }) => ({ nbf: now() + 7_200 })],
  ['no iss', 'issuer_invalid', () => ({ iss: undefined })],
  ['an empty iss', 'issuer_invalid', () => ({ iss: '' })],
  ["the other tenant's iss", 'issuer_invalid', ({ otherTenant }) => ({ iss: otherTenant.issuer })],
  ['iss without /oidc', 'issuer_invalid', ({ tenant }) => ({ iss: tenant.logtoUrl })],
  ['iss with a slash after', 'issuer_invalid', ({ tenant }) => ({ iss: `${tenant.issuer}/` })],
  ['iss with a space after', 'issuer_invalid', ({ tenant }) => ({ iss: `${tenant.issuer} ` })],
  ['iss with NUL after', 'issuer_invalid', ({ tenant }) => ({ iss: `${tenant.issuer}\0` })],
  ['iss with more after', 'issuer_invalid', ({ tenant }) => ({ iss: `${tenant.issuer}.evil.example` })],
  ['iss with userinfo', 'issuer_invalid', ({ tenant }) => ({ iss: tenant.issuer.replace('//', '//x@') })],
  ['iss in upper case', 'issuer_invalid', ({ tenant }) => ({ iss: tenant.issuer.toUpperCase() })],
  ['iss over https', 'issuer_invalid', ({ tenant }) => ({ iss: tenant.issuer.replace('http:', 'https:') })],
  ['iss under localhost', 'issuer_invalid', ({ tenant }) => ({ iss: tenant.issuer.replace('127.0.0.1', 'localhost') })],
  ['iss with a dot segment', 'issuer_invalid', ({ tenant }) => ({ iss: `${tenant.issuer}/./` })],
  ['two issuers in one string', 'issuer_invalid', ({ tenant }) => ({ iss: `${tenant.issuer},${tenant.issuer}` })],
  ['iss in a list', 'claim_invalid', ({ tenant }) => ({ iss: [tenant.issuer] })],
  [
    "iss in a list, after the attacker's",
    'claim_invalid',
    ({ tenant }) => ({ iss: ['https://evil.example', tenant.issuer] }),
  ],
  ['no aud', 'audience_invalid', () => ({ aud: undefined })],
  ['an empty aud', 'audience_invalid', () => ({ aud: '' })],
  ['an empty list as aud', 'audience_invalid', () => ({ aud: [] })],
  ['a list of an empty aud', 'audience_invalid', () => ({ aud: [''] })],
  ['aud of an ID token: the client', 'audience_invalid', () => ({ aud: 'app-1' })],
  ['aud of another resource', 'audience_invalid', () => ({ aud: 'https://other.example.com' })],
  ['aud with a slash after', 'audience_invalid', () => ({ aud: 'https://api.example.com/' })],
  ['aud with more after', 'audience_invalid', () => ({ aud: 'https://api.example.com.evil.example' })],
  ['a part of aud', 'audience_invalid', () => ({ aud: 'https://api.example.co' })],
  ['aud in upper case', 'audience_invalid', () => ({ aud: 'HTTPS://API.EXAMPLE.COM' })],
  ['aud with a space before', 'audience_invalid', () => ({ aud: ' https://api.example.com' })],
  ['two audiences in one string', 'audience_invalid', () => ({ aud: 'https://api.example.com https://b.example' })],
  ['aud as a pattern', 'audience_invalid', () => ({ aud: '*' })],
  ['a list of other audiences', 'audience_invalid', () => ({ aud: ['app-1', 'urn:logto:organization:o1'] })],
  ['aud under azp alone', 'audience_invalid', () => ({ aud: undefined, azp: 'https://api.example.com' })],
  ['no sub', 'claim_invalid', () => ({ sub: undefined })],
  ['an empty sub', 'claim_invalid', () => ({ sub: '' })],
  ['sub under client_id alone', 'claim_invalid', () => ({ sub: undefined, client_id: 'user-1' })],
]
const wrongValues = WRONG_VALUES.map(([name, code, changes]) => [
  name,
  code,
  (world) => world.token({ claims: changes(world) }),
])

/** Values of `scope` that do not grant `read`. */
const SCOPES = [
  undefined,
  '',
  ' ',
  'read:admin',
  'thread',
  'ready',
  'read:',
  'READ',
  'read,write',
  'read\twrite',
  'write\nread',
  'read\u00a0write',
  'read\0',
  '\uff52ead',
  'admin:read',
  'rea d',
]
const scopes = SCOPES.map((scope) => [
  `read is required and scope is ${JSON.stringify(scope)}`,
  'scope_missing',
  ({ token, tenant }) => ({
    token: token({ claims: { scope } }),
    options: { ...tenant.options, requiredScope: 'read' },
  }),
])

const moreScopes = [
  [
    'one of two required scopes',
    'scope_missing',
    ({ token, tenant }) => ({
      token: token({ claims: { scope: 'read' } }),
      options: { ...tenant.options, requiredScope: 'read write' },
    }),
  ],
  [
    'required scopes under the name scopes',
    'scope_missing',
    ({ token, tenant }) => ({
      token: token({ claims: { scope: undefined, scopes: 'read', scp: ['read'], permissions: ['read'] } }),
      options: { ...tenant.options, requiredScope: 'read' },
    }),
  ],
]

const foreign = [
  ['a token of another tenant', 'key_not_found', ({ otherTenant }) => otherTenant.issue()],
  [
    "a token of another tenant under this one's kid",
    'signature_invalid',
    ({ otherTenant, keys }) => otherTenant.issue({ header: { kid: keys.ES384.jwk.kid } }),
  ],
  [
    "this tenant's token at a verifier for the other",
    'key_not_found',
    ({ token, otherTenant }) => ({ token: token(), options: { ...otherTenant.options } }),
  ],
  [
    'a token without typ where at+jwt is insisted on',
    'claim_invalid',
    ({ token, tenant }) => ({
      token: token({ header: { typ: undefined } }),
      options: { ...tenant.options, tokenType: 'at+jwt' },
    }),
  ],
]

/** A header's `typ` and the tokenType that it is not. */
const TYPES = [
  ['text/plain', 'application/text/plain'],
  ['application/text/plain', 'text/plain'],
  ['application/application/at+jwt', 'at+jwt'],
  ['application/at+jwt', 'application/application/at+jwt'],
  ['application/at+jwt/', 'at+jwt/'],
  ['/at+jwt', 'at+jwt'],
]
const types = TYPES.map(([typ, tokenType]) => [
  `typ ${typ} where tokenType is ${tokenType}`,
  'claim_invalid',
  ({ token, tenant }) => ({ token: token({ header: { typ } }), options: { ...tenant.options, tokenType } }),
])

const controls = [
  ['no jti and no client_id', ({ token }) => token({ claims: { jti: undefined, client_id: undefined } })],
  [
    'a client_id that is a URL',
    ({ token }) => token({ claims: { client_id: 'https://client.example/metadata.json' } }),
  ],
  ['the audience in a list', ({ token }) => token({ claims: { aud: ['app-1', 'https://api.example.com'] } })],
  ['the last of a thousand audiences', ({ token }) => token({ claims: { aud: manyAudiences() } })],
  ['iat in the future and no scope', ({ token, now }) => token({ claims: { iat: now() + DAY, scope: undefined } })],
  [
    'exp and nbf in fractions of a second',
    ({ token, now }) => token({ claims: { exp: now() + 60.5, nbf: now() - 0.5 } }),
  ],
]

function manyAudiences() {
  return [...Array(999).fill('https://b.example'), 'https://api.example.com']
}

module.exports = { rows: [...wrongTypes, ...wrongValues, ...scopes, ...moreScopes, ...types, ...foreign], controls }
