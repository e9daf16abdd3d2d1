'use strict'

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')
const { buildAuthCookieHeader, buildCsrfCookieHeader, buildGuestCookieHeader } = require('logto-authkit')

const attributesOf = (header) => header.split('; ').slice(1).sort()

describe('buildAuthCookieHeader', () => {
  test('is HttpOnly, Secure, SameSite=Strict and for 7 days', () => {
    const header = buildAuthCookieHeader('a.b.c')
    assert.ok(header.startsWith('logto_authtoken=a.b.c; '), header)
    const expected = ['HttpOnly', 'Max-Age=604800', 'Path=/', 'SameSite=Strict', 'Secure']
    assert.deepEqual(attributesOf(header), expected)
  })

  test('takes another name, age, domain, path and SameSite', () => {
    const options = { cookieName: 'session', maxAge: 60, domain: 'a.example', path: '/app', sameSite: 'Lax' }
    const header = buildAuthCookieHeader('a.b.c', options)
    assert.ok(header.startsWith('session=a.b.c; '), header)
    const expected = ['Domain=a.example', 'HttpOnly', 'Max-Age=60', 'Path=/app', 'SameSite=Lax', 'Secure']
    assert.deepEqual(attributesOf(header), expected)
  })
})

describe('buildGuestCookieHeader', () => {
  test('is readable by scripts, SameSite=Lax and for 7 days, and Secure unless told otherwise', () => {
    const header = buildGuestCookieHeader('abcdefgh')
    assert.ok(header.startsWith('guest_logto_authtoken=abcdefgh; '), header)
    assert.deepEqual(attributesOf(header), ['Max-Age=604800', 'Path=/', 'SameSite=Lax', 'Secure'])
    assert.doesNotMatch(buildGuestCookieHeader('abcdefgh', { secure: false }), /Secure/)
  })

  test('refuses what is no guest id', () => {
    for (const id of ['short', 'a'.repeat(129), 'abcdefgh;', 5, undefined]) {
      assert.throws(() => buildGuestCookieHeader(id), { code: 'options_invalid' })
    }
  })
})

describe('a value that could split a header is refused', () => {
  const build = { auth: buildAuthCookieHeader, csrf: buildCsrfCookieHeader }
  const VALUES = ['', 'a;b', 'a b', 'a,b', 'a"b', 'a\\b', 'a\rb', 'a\nb', 'a\0b', 'é', undefined, null, 5, { a: 1 }]
  const OPTIONS = [
    { cookieName: 'a b' },
    { cookieName: 'a;b' },
    { cookieName: 'a=b' },
    { cookieName: '' },
    { domain: 'a.example; HttpOnly' },
    { domain: 'a\r\nb' },
    { path: '/; Domain=evil.example' },
    { path: '/\r\nSet-Cookie: a=b' },
    { maxAge: '60; Domain=evil.example' },
    { maxAge: Number.NaN },
    { maxAge: 1.5 },
    { sameSite: 'Lax; Domain=evil.example' },
  ]
  for (const [name, builder] of Object.entries(build)) {
    for (const value of VALUES) {
      test(`${name}: ${JSON.stringify(value) ?? value}`, () => {
        assert.throws(() => builder(value), { code: 'options_invalid' })
      })
    }
    for (const options of OPTIONS) {
      test(`${name}: ${JSON.stringify(options)}`, () => {
        assert.throws(() => builder('value', options), { code: 'options_invalid' })
      })
    }
  }
})
