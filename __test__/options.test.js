'use strict'

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const {
  createExpressAuthMiddleware,
  createVerifier,
  invalidateJwksCache,
  verifyAuth,
  verifyLogtoToken,
  verifyNextAuth,
  withNextAuth,
} = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')
const { rejection } = require('./support/rejection')

const GOOD = { logtoUrl: 'https://tenant.example', audience: 'https://api.example' }

/** A public key that can verify (RFC 7517 appendix A.1). */
const KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  kid: '1',
}

/** Rows: [the option, its wrong values…]. */
const WRONG = [
  [
    'logtoUrl',
    undefined,
    '',
    'tenant.example',
    'ftp://tenant.example',
    'xhttp://tenant.example',
    'https://',
    5,
    [],
    ['a.example'],
    new Set(['https://a.example']),
  ],
  ['logtoUrl', 'https://user:secret@tenant.example', 'https://tenant.example/?a=1', 'https://tenant.example/#a'],
  ['audience', undefined, null, '', ' ', [], [''], ['a', undefined], 5, {}],
  ['cookieName', '', 'a b', 'a;b', 'a=b', 'é', 5, null],
  ['requiredScope', undefined, '', ' ', 5, null, 'a"b', 'a\\b', 'a\r\nb'],
  ['requiredScope', [], [''], ['a', undefined], ['a', ' '], ['a', 5], [['a']], ['a"b'], new Set(['a'])],
  ['allowGuest', 'false', 1, null],
  ['issuer', '', [], [''], 5, null],
  ['jwksUri', '', '/oidc/jwks', 'file:///etc/passwd', 5, null, 'https://user:secret@tenant.example/jwks'],
  ['clockTolerance', -1, Number.NaN, Number.POSITIVE_INFINITY, '5', null, 600.1, 3_600, 300_000],
  ['tokenFrom', '', 'Cookie', 'cookies', 'body', 5, null, ['cookie']],
  ['resourceMetadataUrl', '', ' ', 'not a URL', '/.well-known/oauth-protected-resource', 'ftp://a.example', 5, null],
  ['resourceMetadataUrl', 'https://user:secret@a.example', 'https://a.example/#secret', ['https://a.example'], {}],
  ['tokenType', undefined, '', 5, null],
  ['jwksCacheTtlMs', -1, Number.NaN, Number.POSITIVE_INFINITY, '5', null],
  ['jwksMaxStaleMs', -1, Number.NaN, Number.POSITIVE_INFINITY, '5', null],
  ['jwksTimeoutMs', 0, 0.5, -1, Number.NaN, Number.POSITIVE_INFINITY, '5', null],
  ['skipJwksCache', 'true', 1, null],
  ['onError', 'log', {}, null],
  ['tokenCacheSize', -1, 1.5, Number.NaN, '5', null, 1_000_001, 1e9],
  [
    'jwks',
    null,
    '',
    'secret',
    5,
    [],
    {},
    { keys: [] },
    { keys: {} },
    { keys: [KEY.kid] },
    Object.create({ keys: [KEY] }),
  ],
  [
    'initialJwks',
    '',
    'secret',
    5,
    [],
    {},
    { keys: [KEY] },
    { keys: [], fetchedAt: 1 },
    { keys: 'secret', fetchedAt: 1 },
  ],
  ['requiredScopes', 'admin'],
]

for (const [option, ...values] of WRONG) {
  for (const value of values) {
    test(`${option} ${JSON.stringify(value) ?? value} is refused, with the option's name and without its value`, () => {
      const expected = { code: 'options_invalid', status: 500, message: new RegExp(`^Invalid option ${option}: `) }
      assert.throws(
        () => createVerifier({ ...GOOD, [option]: value }),
        (error) => {
          assert.equal(error.message.includes('secret'), false)
          assert.throws(() => {
            throw error
          }, expected)
          return true
        },
      )
    })
  }
}

/** What is said of a wrong value: [the option, the value, the words]. */
const PROBLEMS = [
  ['logtoUrl', 'ftp://tenant.example', 'not an http(s) URL'],
  ['logtoUrl', 'https://user@tenant.example', 'credentials have no place in it'],
  ['logtoUrl', 'https://:secret@tenant.example', 'credentials have no place in it'],
  ['logtoUrl', 'https://tenant.example/?a', 'a query or fragment has no place in it'],
  ['logtoUrl', 'https://tenant.example/#a', 'a query or fragment has no place in it'],
  ['logtoUrl', [], 'an empty list of tenants'],
  ['logtoUrl', ['https://a.example', 'https://a.example/oidc'], 'names a tenant twice'],
  ['audience', [], 'a non-empty string, or an array of them, is required'],
  ['audience', [''], 'a non-empty string, or an array of them, is required'],
  ['audience', undefined, 'is not set'],
  ['issuer', '', 'is not set'],
  ['clientId', ' ', 'is not set'],
  ['cookieName', 'a b', 'not a cookie name'],
  ['requiredScope', '', 'not a space-delimited list of scopes, or an array of scopes'],
  ['allowGuest', 1, 'not a boolean'],
  ['skipJwksCache', 1, 'not a boolean'],
  ['allowActor', 1, 'not a boolean'],
  ['clockTolerance', -1, 'not a number of seconds from 0 to 600'],
  ['tokenFrom', 'body', 'none of both, cookie, header'],
  ['tokenType', '', 'not a non-empty string'],
  ['jwksCacheTtlMs', -1, 'not a number of at least 0'],
  ['jwksMaxStaleMs', -1, 'not a number of at least 0'],
  ['jwksTimeoutMs', 0, 'not a number of at least 1'],
  ['onError', 'log', 'not a function'],
  ['check', true, 'not a function'],
  ['subjectType', 'machine', 'none of user, client'],
  ['revocations', {}, 'not made by createRevocationList'],
  ['resourceMetadataUrl', 'https://a.example/#a', 'a fragment has no place in it'],
  ['organization', '', 'not an id, a boolean or a function'],
  ['tokenCacheSize', 1.5, 'not an integer from 0 to 1000000'],
  ['jwks', {}, 'not a JWK Set: an object with an array keys'],
  ['jwks', { keys: Array(101).fill(KEY) }, 'lists more than 100 keys'],
  ['jwks', { keys: [] }, 'none of its keys can verify a token'],
  [
    'jwks',
    { keys: [{ kty: 'oct' }] },
    'none of its keys can verify a token: a shared secret, which must not be published',
  ],
  ['initialJwks', { keys: [KEY] }, 'fetchedAt is no number of milliseconds since 1970'],
  ['initialJwks', { keys: [KEY], fetchedAt: -1 }, 'fetchedAt is no number of milliseconds since 1970'],
  ['initialJwks', { keys: [KEY], fetchedAt: '1' }, 'fetchedAt is no number of milliseconds since 1970'],
  ['initialJwks', { keys: [], fetchedAt: 1 }, 'none of its keys can verify a token'],
  ['requiredScopes', 'a', 'there is no such option'],
]
for (const [option, value, problem] of PROBLEMS) {
  test(`of ${option} ${JSON.stringify(value)} is said: ${problem}`, () => {
    assert.throws(() => createVerifier({ ...GOOD, [option]: value }), {
      message: `Invalid option ${option}: ${problem}`,
      details: { option, problem },
    })
  })
}

test('keys that cannot be written as JSON are refused, not thrown', () => {
  const loop = { ...KEY }
  loop.self = loop
  for (const key of [loop, { ...KEY, n: 1n }]) {
    assert.throws(() => createVerifier({ ...GOOD, jwks: { keys: [key] } }), { code: 'options_invalid' })
  }
})

test('only one option says where keys come from', () => {
  const [jwks, initialJwks] = [{ keys: [KEY] }, { keys: [KEY], fetchedAt: 1 }]
  for (const [given, option, other] of [
    [{ jwks, jwksUri: 'https://a.example/jwks' }, 'jwksUri', 'jwks'],
    [{ jwks, initialJwks }, 'initialJwks', 'jwks'],
    [{ jwks, skipJwksCache: true }, 'skipJwksCache', 'jwks'],
    [{ initialJwks, skipJwksCache: true }, 'skipJwksCache', 'initialJwks'],
  ]) {
    assert.throws(() => createVerifier({ ...GOOD, ...given }), {
      message: `Invalid option ${option}: not beside ${other}`,
    })
  }
  for (const given of [
    { jwks, skipJwksCache: false, initialJwks: null },
    { initialJwks, jwksUri: 'https://a.example/jwks' },
  ]) {
    createVerifier({ ...GOOD, ...given })
  }
})

test('an issuer, and keys or their URL, have no place beside a list of tenants', () => {
  for (const option of ['issuer', 'jwksUri', 'jwks', 'initialJwks']) {
    const options = {
      ...GOOD,
      logtoUrl: ['https://a.example', 'https://b.example'],
      [option]: 'https://a.example/oidc',
    }
    assert.throws(() => createVerifier(options), {
      message: `Invalid option ${option}: not beside a list of tenants in logtoUrl: each of these has its own`,
    })
  }
})

test('an organization of false without an audience is said to let nobody in', () => {
  assert.throws(() => createVerifier({ logtoUrl: GOOD.logtoUrl, organization: false }), {
    message: 'Invalid option organization: without audience, tokens are for an organization: false would let nobody in',
  })
})

test('the bounds of a number belong to it', () => {
  const BOUNDS = [
    ...[0, 600].map((clockTolerance) => ({ clockTolerance })),
    ...[0, 1_000_000].map((tokenCacheSize) => ({ tokenCacheSize })),
    { jwksTimeoutMs: 1, jwksCacheTtlMs: 0, jwksMaxStaleMs: 0 },
  ]
  for (const bounds of BOUNDS) createVerifier({ ...GOOD, ...bounds })
})

test('a cookie name may have every character of one', () => {
  createVerifier({ ...GOOD, cookieName: "!#$%&'*+-.^_`|~09AZaz" })
  for (const character of '()<>@,;:\\"/[]?={} \t') {
    assert.throws(() => createVerifier({ ...GOOD, cookieName: `a${character}` }), /option cookieName/, character)
    assert.throws(() => createVerifier({ ...GOOD, cookieName: `${character}a` }), /option cookieName/, character)
  }
})

test('a scope may have every character of one', () => {
  createVerifier({ ...GOOD, requiredScope: '! # [ ] ~ a:b/c' })
  for (const character of ['"', '\\', '\x7f', '\t', '\u00e9']) {
    for (const requiredScope of [`a${character}`, `${character}a`, ['b', `b a${character}`]]) {
      assert.throws(() => createVerifier({ ...GOOD, requiredScope }), /option requiredScope/, requiredScope)
    }
  }
})

test('options that are no object are refused', async () => {
  for (const options of [undefined, null, 'https://tenant.example', 5]) {
    assert.throws(() => createVerifier(options), { message: 'Invalid option options: an object is required' })
    assert.equal((await rejection(verifyAuth('x', options))).code, 'options_invalid')
  }
  assert.throws(() => invalidateJwksCache(undefined), { code: 'options_invalid' })
})

test('a URL that is not set is called that', () => {
  for (const value of [undefined, '', ' ']) {
    assert.throws(() => createVerifier({ ...GOOD, logtoUrl: value }), {
      message: 'Invalid option logtoUrl: is not set',
    })
  }
  assert.throws(() => createVerifier({ ...GOOD, jwksUri: '' }), { message: 'Invalid option jwksUri: is not set' })
  assert.throws(() => createVerifier({ ...GOOD, logtoUrl: 'a.example' }), /option logtoUrl: not an http\(s\) URL$/)
})

const PASTED = {
  '/oidc/jwks': ['', '/oidc/jwks'],
  '/oidc/jwks/': ['', '/oidc/jwks'],
  '/auth/oidc/jwks': ['/auth', '/oidc/jwks'],
  '/oidc/.well-known/openid-configuration': ['', '/oidc/.well-known/openid-configuration'],
  '/oidc/.well-known': ['', '/oidc/.well-known'],
  '/.well-known/oauth-authorization-server/oidc': ['', '/.well-known/oauth-authorization-server/oidc'],
}
for (const [path, [base, document]] of Object.entries(PASTED)) {
  test(`a logtoUrl that ends in ${path} is refused, and the right one named`, () => {
    const message = `Invalid option logtoUrl: the endpoint is https://tenant.example${base}, without ${document}`
    assert.throws(() => createVerifier({ ...GOOD, logtoUrl: `https://tenant.example${path}` }), { message })
  })
}

/** What is a path of an endpoint, although it begins as one of these documents does. */
for (const path of ['/oidc/jwks-of-mine', '/oidc-of-mine', '/oidc/of/mine']) {
  test(`a logtoUrl that ends in ${path} is an endpoint with a path`, async () => {
    const issuer = await createTestIssuer()
    try {
      const jwksUri = `${issuer.options.logtoUrl}/oidc/jwks`
      const options = { ...issuer.options, jwksUri, logtoUrl: `https://tenant.example${path}` }
      const { code, details } = await rejection(verifyAuth(issuer.issueToken(), options))
      assert.deepEqual([code, details.expected], ['issuer_invalid', [`https://tenant.example${path}/oidc`]])
    } finally {
      await issuer.close()
    }
  })
}

test('every documented option is accepted', () => {
  createVerifier({
    ...GOOD,
    audience: ['a', 'b'],
    cookieName: '__Host-token',
    requiredScope: 'a b',
    allowGuest: true,
    issuer: ['https://a.example/oidc', 'https://b.example/oidc'],
    jwksUri: 'http://10.0.0.1/jwks',
    clockTolerance: 600,
    tokenFrom: 'header',
    resourceMetadataUrl: 'https://api.example/.well-known/oauth-protected-resource',
    tokenType: 'at+jwt',
    jwksCacheTtlMs: 0,
    jwksMaxStaleMs: 0,
    skipJwksCache: false,
    jwksTimeoutMs: 100,
    onError() {},
    tokenCacheSize: 0,
  })
})

test('an unset variable of the environment stops the app at its start, as the samples read it, and is named', () => {
  const read = (environment) => {
    const { LOGTO_URL: logtoUrl = '', AUDIENCE: audience = '' } = environment
    return { logtoUrl, audience }
  }
  const { logtoUrl: LOGTO_URL, audience: AUDIENCE } = GOOD
  for (const make of [createVerifier, createExpressAuthMiddleware]) {
    assert.throws(() => make(read({ AUDIENCE })), { message: 'Invalid option logtoUrl: is not set' })
    assert.throws(() => make(read({ LOGTO_URL })), { message: 'Invalid option audience: is not set' })
    make(read({ LOGTO_URL, AUDIENCE }))
  }
})

test('of an unset variable, the message says what to do', () => {
  const message =
    'Invalid option requiredScope: undefined, as from a variable that is not set; leave it out to ask for nothing'
  assert.throws(() => createVerifier({ ...GOOD, requiredScope: process.env.NOT_SET }), { message })
})

describe('an options object', () => {
  let issuer
  before(async () => {
    issuer = await createTestIssuer()
  })
  after(() => issuer.close())

  const requestWith = (token) => new Request('http://a', { headers: { authorization: `Bearer ${token}` } })

  /** Each function that takes an options object with each request. They give a user's id, or the code of the refusal. */
  const CALLS = {
    verifyAuth: (token, options) => outcomeOf(verifyAuth(token, options)),
    verifyLogtoToken: (token, options) => outcomeOf(verifyLogtoToken(token, options)),
    verifyNextAuth: async (token, options) => {
      const seen = []
      options.onError = ({ code }) => seen.push(code)
      const { auth } = await verifyNextAuth(requestWith(token), options)
      return auth?.userId ?? seen[0]
    },
  }

  /** Changes: [what is changed, the object before, the change, the code that follows]. */
  const CHANGES = [
    [
      'a scope that is added',
      {},
      (options) => Object.assign(options, { requiredScope: 'admin:write' }),
      'scope_missing',
    ],
    [
      'a scope that is replaced',
      { requiredScope: 'a' },
      (options) => {
        options.requiredScope = 'admin'
      },
      'scope_missing',
    ],
    [
      'an element of a scope',
      { requiredScope: ['a'] },
      ({ requiredScope }) => {
        requiredScope[0] = 'b'
      },
      'scope_missing',
    ],
    ['one more scope', { requiredScope: ['a'] }, ({ requiredScope }) => requiredScope.push('b'), 'scope_missing'],
    [
      'an audience',
      {},
      (options) => {
        options.audience = 'https://b.example'
      },
      'audience_invalid',
    ],
    [
      'an element of audience',
      { audience: ['a', 'https://api.example.com'] },
      ({ audience }) => {
        audience[1] = 'b'
      },
      'audience_invalid',
    ],
    [
      'a shorter audience',
      { audience: ['a', 'https://api.example.com'] },
      ({ audience }) => audience.pop(),
      'audience_invalid',
    ],
    [
      'an issuer',
      {},
      (options) => {
        options.issuer = ['https://b.example/oidc']
      },
      'issuer_invalid',
    ],
    [
      'a type',
      {},
      (options) => {
        options.tokenType = 'other+jwt'
      },
      'claim_invalid',
    ],
    [
      'an option that is deleted',
      { audience: 'https://api.example.com' },
      (options) => delete options.audience,
      'options_invalid',
    ],
    [
      'an unknown option',
      {},
      (options) => {
        options.requiredScopes = 'a'
      },
      'options_invalid',
    ],
    [
      'an element that is replaced with an unset variable',
      { requiredScope: ['a'] },
      ({ requiredScope }) => {
        requiredScope[0] = undefined
      },
      'options_invalid',
    ],
  ]
  for (const [name, call] of Object.entries(CALLS)) {
    for (const [what, before, change, code] of CHANGES) {
      test(`is read anew by ${name} once it has changed: ${what}`, async () => {
        const options = { ...issuer.options, ...structuredClone(before) }
        const token = issuer.issueToken({ scope: 'a' })
        assert.equal(await call(token, options), 'user-1')
        assert.equal(await call(token, options), 'user-1')
        change(options)
        const outcome = await call(token, options).catch((error) => error.code)
        assert.equal(outcome, code)
      })
    }
  }

  test('is read anew by withNextAuth', async () => {
    const options = { ...issuer.options }
    const route = withNextAuth(() => new Response(), options)
    const token = issuer.issueToken()
    assert.equal((await route(requestWith(token))).status, 200)
    options.audience = 'https://b.example'
    assert.equal((await route(requestWith(token))).status, 401)
  })

  test('is read anew where a change is taken back', async () => {
    const options = { ...issuer.options }
    const token = issuer.issueToken()
    for (const audience of ['https://b.example', issuer.audience, 'https://b.example', issuer.audience]) {
      options.audience = audience
      const expected = audience === issuer.audience ? 'user-1' : 'audience_invalid'
      assert.equal(await outcomeOf(verifyAuth(token, options)), expected)
    }
  })

  test('is not asked again by createVerifier and middlewares', async () => {
    const options = { ...issuer.options, audience: [issuer.audience] }
    const verifier = createVerifier(options)
    const middleware = createExpressAuthMiddleware(options)
    options.audience[0] = 'https://b.example'
    options.requiredScope = 'admin'
    const token = issuer.issueToken()
    assert.equal((await verifier.verify(token)).userId, 'user-1')
    const req = { headers: { authorization: `Bearer ${token}` } }
    await new Promise((resolve) => middleware(req, {}, resolve))
    assert.equal(req.auth.userId, 'user-1')
  })

  test('is read member by member, each once', async () => {
    const reads = {}
    const counted = (values) =>
      Object.defineProperties(
        {},
        Object.fromEntries(
          Object.entries(values).map(([name, value]) => {
            const get = () => {
              reads[name] = (reads[name] ?? 0) + 1
              return value
            }
            return [name, { get, enumerable: true }]
          }),
        ),
      )
    const values = {
      ...issuer.options,
      requiredScope: 'a',
      cookieName: 'b',
      issuer: [issuer.issuer],
      clockTolerance: 1,
    }
    const once = Object.fromEntries(Object.keys(values).map((name) => [name, 1]))
    createVerifier(counted(values))
    assert.deepEqual(reads, once)
    for (const name of Object.keys(reads)) delete reads[name]
    await verifyAuth(issuer.issueToken({ scope: 'a' }), counted(values))
    assert.deepEqual(reads, once)
  })

  test('that answers otherwise at each look is used as it was read', async () => {
    const audiences = ['https://b.example', issuer.audience]
    let looks = 0
    const options = {
      logtoUrl: issuer.logtoUrl,
      get audience() {
        looks += 1
        return audiences[looks % 2]
      },
    }
    const outcomes = new Set()
    for (let round = 0; round < 8; round += 1) outcomes.add(await outcomeOf(verifyAuth(issuer.issueToken(), options)))
    for (const outcome of outcomes) assert.ok(['user-1', 'audience_invalid'].includes(outcome), outcome)
  })

  test('has changed where a deleted member has come back as one of all objects', async () => {
    const options = { ...issuer.options, allowGuest: true }
    assert.equal((await verifyAuth('bad', options)).isGuest, true)
    delete options.allowGuest
    Object.prototype.allowGuest = true
    try {
      assert.equal(await outcomeOf(verifyAuth('bad', options)), 'token_malformed')
      assert.equal(await outcomeOf(verifyAuth('bad', options)), 'token_malformed')
    } finally {
      delete Object.prototype.allowGuest
    }
  })

  test('inherits nothing: only own members count', async () => {
    assert.throws(() => createVerifier(Object.create(issuer.options)), { message: /^Invalid option logtoUrl: / })
    const options = Object.assign(
      Object.create({ requiredScope: 'admin', jwksUri: 'http://127.0.0.1:9' }),
      issuer.options,
    )
    assert.equal((await verifyAuth(issuer.issueToken(), options)).userId, 'user-1')
    const bare = Object.assign(Object.create(null), issuer.options)
    assert.equal((await verifyAuth(issuer.issueToken(), bare)).userId, 'user-1')
  })
})

/** The user's id, or the code of the refusal. */
async function outcomeOf(promise) {
  return promise.then(
    ({ userId }) => userId,
    ({ code }) => code,
  )
}
