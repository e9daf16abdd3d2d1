'use strict'

// Cases that are no attacks, but on which the two engines could differ, since each has parsers of its own.

/** JSON texts of a claim: [the name, whether it is accepted, the text]. */
const TEXTS = [
  ['126 levels in the payload', true, `${'['.repeat(126)}${']'.repeat(126)}`],
  ['127 levels in the payload', false, `${'['.repeat(127)}${']'.repeat(127)}`],
  ['126 levels of objects', true, `${'{"":'.repeat(126)}1${'}'.repeat(126)}`],
  ['127 levels of objects', false, `${'{"":'.repeat(127)}1${'}'.repeat(127)}`],
  ['the largest double', true, '1.7976931348623157e308'],
  ['zero times a number beyond all doubles', true, '0e999'],
  ['a number next to zero', true, '1e-999'],
  ['minus zero', true, '-0'],
  ['an integer past 2^53', true, '9007199254740993'],
  ['four hundred digits that are a double', true, `1${'0'.repeat(399)}e-390`],
  ['a pair of surrogates in escapes', true, '"\\ud83d\\ude00"'],
  ['a pair of surrogates the wrong way round', false, '"\\ude00\\ud83d"'],
  ['an escaped backslash before u', true, '"\\\\ud800"'],
  ['NUL in an escape', true, '"\\u0000"'],
  ['punctuation in strings', true, '{"a":",","{":"}","]":"[","\\"":":","\\\\":"\\\\\\""}'],
  ['names that look like punctuation, twice', false, '{",":1,",":2}'],
  ['a string equal to a name', true, '{"a":"a","b":["a","a",{"a":"a"}]}'],
  ['names of Object.prototype', true, '{"constructor":1,"toString":2,"__proto__":{"exp":1}}'],
  ['a name twice after an object', false, '{"a":{"b":1},"a":2}'],
  ['characters past the BMP', true, '"\ud83d\ude00\u2028\u2029\ufeff"'],
  ['a long string', true, `"${'a\\"'.repeat(9_000)}"`],
]

/** Bodies of an endpoint: [the name, whether its key can be used, a function from a good JWK's text to the body]. */
const BODIES = [
  ['with spaces everywhere', true, (jwk) => ` \n{ "keys" : [ ${jwk} , null ] }\t\r\n`],
  ['with keys in escapes', true, (jwk) => `{"\\u006beys":[${jwk}]}`],
  ['with keys twice, once in escapes', false, (jwk) => `{"keys":[${jwk}],"\\u006beys":[]}`],
  ['with another member twice', true, (jwk) => `{"a":1,"a":2,"keys":[${jwk}]}`],
  ['with keys in another member', true, (jwk) => `{"a":{"keys":[]},"keys":[${jwk}],"b":[{"keys":[1]}]}`],
  ['with a number beyond all doubles beside the keys', true, (jwk) => `{"a":1e400,"keys":[${jwk}]}`],
  ['with a number beyond all doubles among the keys', true, (jwk) => `{"keys":[${jwk},{"a":1e400},1e400]}`],
  ['with half a surrogate pair beside the keys', true, (jwk) => `{"a":"\\ud800","keys":[${jwk}]}`],
  ['with half a surrogate pair among the keys', true, (jwk) => `{"keys":["\\ud800",${jwk},{"\\ud800":1}]}`],
  ['with half a surrogate pair as a name', false, (jwk) => `{"\\ud800":1,"keys":[${jwk}]}`],
  ['with text among the keys', true, (jwk) => `{"keys":[${jwk},{"name":"\u00e9\ud83d\ude00"}],"\u00e9":"\u20ac"}`],
  ['with no UTF-8 beside the keys', false, (jwk) => Buffer.from(`{"a":"\xff","keys":[${jwk}]}`, 'latin1')],
  ['with half a character beside the keys', false, (jwk) => Buffer.from(`{"a":"\xe2\x82","keys":[${jwk}]}`, 'latin1')],
  ['with a surrogate in UTF-8', false, (jwk) => Buffer.from(`{"a":"\xed\xa0\x80","keys":[${jwk}]}`, 'latin1')],
  ['with no UTF-8 after the set', false, (jwk) => Buffer.from(`{"keys":[${jwk}]}\xa0`, 'latin1')],
  ['with no UTF-8 as a name', false, (jwk) => Buffer.from(`{"\xff":1,"keys":[${jwk}]}`, 'latin1')],
  ['with no UTF-8 among the keys', false, (jwk) => Buffer.from(`{"keys":[${jwk},{"a":"\xff"}]}`, 'latin1')],
  ['with 10,000 levels beside the keys', true, (jwk) => `{"a":${'['.repeat(1e4)}${']'.repeat(1e4)},"keys":[${jwk}]}`],
  ['with 10,000 levels among the keys', true, (jwk) => `{"keys":[${jwk},${'['.repeat(1e4)}${']'.repeat(1e4)}]}`],
  ['after a byte order mark', false, (jwk) => `\ufeff{"keys":[${jwk}]}`],
  ['with a comma too many', false, (jwk) => `{"keys":[${jwk},]}`],
  ['with an x that an EC key has no use for', false, (jwk) => `{"keys":[${jwk.slice(0, -1)},"n":5}]}`],
  ['with d', false, (jwk) => `{"keys":[${jwk.slice(0, -1)},"d":"AA"}]}`],
  ['that is empty', false, () => ''],
]

/** Options: [the name, changes to good options]. */
const OPTIONS = [
  ['good ones', () => ({})],
  ['a trailing /oidc/', ({ tenant }) => ({ logtoUrl: `${tenant.logtoUrl}/oidc/` })],
  ['several audiences', ({ tenant }) => ({ audience: ['b', tenant.audience] })],
  ['several issuers', ({ tenant }) => ({ issuer: ['b', tenant.issuer] })],
  ['another issuer', () => ({ issuer: 'https://other.example/oidc' })],
  ['another audience', () => ({ audience: ['b', 'c'] })],
  ['scopes that are there', () => ({ requiredScope: 'write:things read:things' })],
  ['scopes in an array', () => ({ requiredScope: ['write:things', 'read:things'] })],
  ['a scope in an array that is not there', () => ({ requiredScope: ['read:things', 'admin:write'] })],
  ['a scope that is not set, among others', () => ({ requiredScope: ['read:things', undefined] })],
  ['a scope that is not', () => ({ requiredScope: 'read:things admin:write sudo' })],
  ['an organization', () => ({ organization: 'o1' })],
  ['no organization', () => ({ organization: false })],
  ['a client', () => ({ clientId: ['app-2', 'app-3'] })],
  ['a machine', () => ({ subjectType: 'client' })],
  ['several tenants', ({ tenant }) => ({ logtoUrl: [`${tenant.logtoUrl}/another`, tenant.logtoUrl] })],
  [
    'several tenants of which the token is of none',
    ({ tenant }) => ({ logtoUrl: [`${tenant.logtoUrl}/a`, `${tenant.logtoUrl}/b`] }),
  ],
  ['a tenant twice', ({ tenant }) => ({ logtoUrl: [tenant.logtoUrl, tenant.logtoUrl] })],
  ['at+jwt', () => ({ tokenType: 'at+jwt' })],
  ['application/at+jwt in capitals', () => ({ tokenType: 'APPLICATION/AT+JWT' })],
  ['another type', () => ({ tokenType: 'logout+jwt' })],
  ['a tolerance in milliseconds', () => ({ clockTolerance: 30_000 })],
  ['a tolerance', () => ({ clockTolerance: 30 })],
  ['no memory of tokens', () => ({ tokenCacheSize: 0 })],
  ['no cache', () => ({ skipJwksCache: true })],
  ['a TTL of no time', () => ({ jwksCacheTtlMs: 0 })],
  ['times past all timers', () => ({ jwksCacheTtlMs: 1e300, jwksMaxStaleMs: 1e300, jwksTimeoutMs: 1e300 })],
  ['metadata of the resource', () => ({ audience: 'b', resourceMetadataUrl: 'https://api.example/metadata' })],
  ['an unknown one', () => ({ requiredScopes: 'read' })],
  ['no audience', () => ({ audience: '' })],
  ['no URL', () => ({ logtoUrl: 'tenant.example' })],
  ['a time-out that is none', () => ({ jwksTimeoutMs: 0 })],
]

/** Calls: [the name, the called function and its arguments]. */
const CALLS = [
  ['a cookie', ({ token, tenant }) => ['verifyAuth', { cookies: { logto_authtoken: token() } }, tenant.options]],
  [
    'a header',
    ({ token, tenant }) => ['verifyAuth', { headers: { authorization: `bearer ${token()}` } }, tenant.options],
  ],
  [
    'a cookie in quotes',
    ({ token, tenant }) => ['verifyAuth', { headers: { cookie: `logto_authtoken="${token()}"` } }, tenant.options],
  ],
  [
    'a cookie, where only the header counts',
    ({ token, tenant }) => [
      'verifyAuth',
      { cookies: { logto_authtoken: token() }, headers: {} },
      { ...tenant.options, tokenFrom: 'header' },
    ],
  ],
  [
    'a header, where only the cookie counts',
    ({ token, tenant }) => [
      'verifyAuth',
      { headers: { authorization: `Bearer ${token()}` } },
      { ...tenant.options, tokenFrom: 'cookie' },
    ],
  ],
  ['no token', ({ tenant }) => ['verifyAuth', {}, tenant.options]],
  ['no request', ({ tenant }) => ['verifyAuth', null, tenant.options]],
  [
    'a guest with an id',
    ({ tenant }) => [
      'verifyAuth',
      { cookies: { guest_logto_authtoken: 'fingerprint' } },
      { ...tenant.options, allowGuest: true },
    ],
  ],
  ['a guest without', ({ tenant }) => ['verifyAuth', {}, { ...tenant.options, allowGuest: true }]],
  ['a token alone, never a guest', ({ tenant }) => ['verifyLogtoToken', 'x', { ...tenant.options, allowGuest: true }]],
  ['Next.js, no token', ({ tenant }) => ['verifyNextAuth', { headers: {} }, tenant.options]],
  ['Next.js, a guest', ({ tenant }) => ['verifyNextAuth', { headers: {} }, { ...tenant.options, allowGuest: true }]],
  [
    'Next.js, a token',
    ({ token, tenant }) => ['verifyNextAuth', { cookies: { logto_authtoken: token() } }, tenant.options],
  ],
  ['forgetting the keys of what is no URL', () => ['invalidateJwksCache', 'nonsense']],
]

module.exports = { BODIES, CALLS, OPTIONS, TEXTS }
