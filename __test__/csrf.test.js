'use strict'

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')
const cookieParser = require('cookie-parser')
const {
  CSRF_COOKIE_NAME,
  CSRF_HEADER_NAME,
  buildCsrfCookieHeader,
  createCsrfMiddleware,
  generateCsrfToken,
  verifyCsrfToken,
} = require('logto-authkit')
const { startExpress } = require('./support/express-app')

describe('CSRF protection', () => {
  test('names the documented cookie and header', () => {
    assert.deepEqual([CSRF_COOKIE_NAME, CSRF_HEADER_NAME], ['logto_csrf_token', 'x-csrf-token'])
    assert.notEqual(generateCsrfToken(), generateCsrfToken())
    assert.equal(
      buildCsrfCookieHeader('token'),
      'logto_csrf_token=token; Max-Age=86400; Path=/; Secure; SameSite=Strict',
    )
  })

  const ROWS = [
    ['the same token twice', 'token', 'token', true],
    ['another token in the header', 'token', 'tokem', false],
    ['a longer token in the header', 'token', 'tokens', false],
    ['no header', 'token', undefined, false],
    ['no cookie', undefined, 'token', false],
    ['two empty tokens', '', '', false],
  ]
  for (const [name, cookie, header, expected] of ROWS) {
    test(`${expected ? 'accepts' : 'refuses'} ${name}`, () => {
      const headers = new Headers()
      if (cookie !== undefined) headers.set('cookie', `logto_csrf_token=${cookie}`)
      if (header !== undefined) headers.set('x-csrf-token', header)
      const { valid, error } = verifyCsrfToken(new Request('http://a', { method: 'POST', headers }))
      assert.equal(valid, expected)
      assert.equal(typeof error, expected ? 'undefined' : 'string')
    })
  }

  test('in Express sets a cookie at the first safe request, and requires its value with unsafe requests', async (t) => {
    for (const others of [[], [cookieParser()]]) {
      const setAnother = (_req, res, next) => {
        res.setHeader('Set-Cookie', 'a=b')
        next()
      }
      const app = await startExpress((app) => {
        app.use(...others, setAnother, createCsrfMiddleware())
        app.all('/', (_req, res) => res.json('let in'))
      })
      t.after(app.close)

      const first = await app.get('/')
      const [another, cookie] = first.headers.getSetCookie()
      assert.equal(another, 'a=b', 'appended, not overwritten')
      const [pair] = cookie.split(';')
      const token = pair.split('=')[1]
      assert.equal((await app.get('/', { cookie: pair })).headers.getSetCookie().length, 1)

      const post = (headers) => fetch(app.url, { method: 'POST', headers })
      assert.equal((await post({ cookie: pair, 'x-csrf-token': token })).status, 200)
      for (const headers of [
        {},
        { cookie: pair },
        { 'x-csrf-token': token },
        { cookie: pair, 'x-csrf-token': 'other' },
      ]) {
        const refused = await post(headers)
        assert.equal(refused.status, 403)
        assert.equal((await refused.json()).error, 'CSRF validation failed')
      }
    }
  })

  test('takes other names, and refuses wrong options when the middleware is made', () => {
    const request = { headers: { cookie: 'csrf=token', 'X-Csrf': 'token' } }
    assert.equal(verifyCsrfToken(request, { cookieName: 'csrf', headerName: 'X-CSRF' }).valid, true)
    assert.throws(() => createCsrfMiddleware({ path: '/;' }), { code: 'options_invalid' })
  })
})
