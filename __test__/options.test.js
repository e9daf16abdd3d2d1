'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { createVerifier, invalidateJwksCache, verifyAuth } = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')
const { rejection } = require('./support/rejection')

const GOOD = { logtoUrl: 'https://tenant.example', audience: 'https://api.example' }

/** Rows: [the option, its wrong values…]. */
const WRONG = [
  ['logtoUrl', undefined, '', 'tenant.example', 'ftp://tenant.example', 'https://', 5, ['https://a.example']],
  ['logtoUrl', 'https://user:secret@tenant.example', 'https://tenant.example/?a=1', 'https://tenant.example/#a'],
  ['audience', undefined, null, '', ' ', [], [''], ['a', undefined], 5, {}],
  ['cookieName', '', 'a b', 'a;b', 'a=b', 'é', 5, null],
  ['requiredScope', '', ' ', 5, null, ['a'], 'a"b', 'a\\b', 'a\r\nb'],
  ['allowGuest', 'false', 1, null],
  ['issuer', '', [], [''], 5, null],
  ['jwksUri', '', '/oidc/jwks', 'file:///etc/passwd', 5, null, 'https://user:secret@tenant.example/jwks'],
  ['clockTolerance', -1, Number.NaN, Number.POSITIVE_INFINITY, '5', null],
  ['tokenType', '', 5, null],
  ['jwksCacheTtlMs', -1, Number.NaN, '5', null],
  ['jwksMaxStaleMs', -1, Number.NaN, '5', null],
  ['jwksTimeoutMs', 0, -1, Number.NaN, '5', null],
  ['skipJwksCache', 'true', 1, null],
  ['onError', 'log', {}, null],
  ['tokenCacheSize', -1, 1.5, Number.NaN, '5', null, 1e9],
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

test('options that are no object are refused', async () => {
  for (const options of [undefined, null, 'https://tenant.example', 5]) {
    assert.throws(() => createVerifier(options), { code: 'options_invalid' })
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

test('every documented option is accepted', () => {
  createVerifier({
    ...GOOD,
    audience: ['a', 'b'],
    cookieName: '__Host-token',
    requiredScope: 'a b',
    allowGuest: true,
    issuer: ['https://a.example/oidc', 'https://b.example/oidc'],
    jwksUri: 'http://10.0.0.1/jwks',
    clockTolerance: 5,
    tokenType: 'at+jwt',
    jwksCacheTtlMs: 0,
    jwksMaxStaleMs: 0,
    skipJwksCache: false,
    jwksTimeoutMs: 100,
    onError() {},
    tokenCacheSize: 0,
  })
})

test('an options object is read once: a later change has no effect', async (t) => {
  const issuer = await createTestIssuer()
  t.after(() => issuer.close())
  const token = issuer.issueToken()
  const options = { ...issuer.options }
  assert.equal((await verifyAuth(token, options)).userId, 'user-1')
  options.audience = 'https://other.example'
  assert.equal((await verifyAuth(token, options)).userId, 'user-1')
  assert.equal((await rejection(verifyAuth(token, { ...options }))).code, 'audience_invalid')
})
