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

describe('a cookie’s value', () => {
  test('stands as it is, with every character that it may have', () => {
    const value = "!#$%&'()*+-./09:<=>?@AZ[]^_`az{|}~"
    for (const build of [buildAuthCookieHeader, buildCsrfCookieHeader]) {
      assert.equal(build(value, { cookieName: 'a' }).split(';')[0], `a=${value}`)
    }
  })
})

describe('buildGuestCookieHeader', () => {
  test('is readable by scripts, SameSite=Lax and for 7 days, and Secure unless told otherwise', () => {
    const header = buildGuestCookieHeader('abcdefgh')
    assert.ok(header.startsWith('guest_logto_authtoken=abcdefgh; '), header)
    assert.deepEqual(attributesOf(header), ['Max-Age=604800', 'Path=/', 'SameSite=Lax', 'Secure'])
    const insecure = buildGuestCookieHeader('abcdefgh', { secure: false })
    assert.deepEqual(attributesOf(insecure), ['Max-Age=604800', 'Path=/', 'SameSite=Lax'])
  })

  test('takes another age, domain, path and SameSite', () => {
    const options = { maxAge: 60, domain: 'a.example', path: '/app', sameSite: 'Strict' }
    const expected = ['Domain=a.example', 'Max-Age=60', 'Path=/app', 'SameSite=Strict', 'Secure']
    assert.deepEqual(attributesOf(buildGuestCookieHeader('abcdefgh', options)), expected)
  })

  test('refuses what is no guest id', () => {
    for (const id of ['short', 'a'.repeat(129), 'abcdefgh;', 5, undefined]) {
      assert.throws(() => buildGuestCookieHeader(id), { message: 'Invalid option guestId: not a guest id' })
    }
  })
})

describe('a __Host- cookie', () => {
  test('has no domain and the path / alone, since browsers drop any other', () => {
    for (const cookieName of ['__Host-token', '__host-token', '__HOST-token']) {
      const expected = ['HttpOnly', 'Max-Age=604800', 'Path=/', 'SameSite=Strict', 'Secure']
      assert.deepEqual(attributesOf(buildAuthCookieHeader('a.b.c', { cookieName })), expected)
      assert.deepEqual(attributesOf(buildAuthCookieHeader('a.b.c', { cookieName, path: '/' })), expected)
      for (const wrong of [{ path: '/app' }, { domain: 'a.example' }]) {
        assert.throws(() => buildAuthCookieHeader('a.b.c', { cookieName, ...wrong }), {
          code: 'options_invalid',
          message: 'Invalid option cookieName: browsers drop a __Host- cookie with a domain, or a path other than /',
        })
      }
    }
  })

  test('is one whose name begins so', () => {
    const options = { cookieName: 'my__Host-token', domain: 'a.example', path: '/app' }
    assert.match(buildAuthCookieHeader('a.b.c', options), /; Domain=a\.example; Path=\/app;/)
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
        assert.throws(() => builder(value), {
          code: 'options_invalid',
          message: 'Invalid option value: not a cookie value',
        })
      })
    }
    for (const options of OPTIONS) {
      test(`${name}: ${JSON.stringify(options)}`, () => {
        // A wrong name is called cookieName by the CSRF functions, and cookie, as a wrong attribute is, by the other.
        assert.throws(() => builder('value', options), { code: 'options_invalid', message: /^Invalid option cookie/ })
      })
    }
  }
})
