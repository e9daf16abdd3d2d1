'use strict'

const assert = require('node:assert/strict')
const http = require('node:http')
const { once } = require('node:events')
const { before, after, describe, test } = require('node:test')
const { verifyAuth } = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')
const { rejection } = require('./support/rejection')

const NAME = 'logto_authtoken'

describe('a token is found in', () => {
  let issuer
  let token
  before(async () => {
    issuer = await createTestIssuer()
    token = issuer.issueToken()
  })
  after(() => issuer.close())

  const store = (value) => ({ get: (name) => (name === NAME ? value : undefined) })
  const REQUESTS = {
    'Express cookies': () => ({ cookies: { [NAME]: token }, headers: {} }),
    'cookies without a prototype': () => ({ cookies: Object.assign(Object.create(null), { [NAME]: token }) }),
    'a raw Cookie header': () => ({ headers: { cookie: `a=b; ${NAME}=${token}; c=d` } }),
    'a Bearer header': () => ({ headers: { authorization: `Bearer ${token}` } }),
    'a bearer header in lower case': () => ({ headers: { authorization: `bearer ${token}` } }),
    'a BEARER header with more spaces': () => ({ headers: { authorization: `BEARER   ${token}` } }),
    'a Fetch Request with a header': () => new Request('http://a', { headers: { authorization: `Bearer ${token}` } }),
    'a Fetch Request with a cookie': () => new Request('http://a', { headers: { cookie: `${NAME}=${token}` } }),
    'a NextRequest': () => ({ cookies: store({ name: NAME, value: token }), headers: new Headers() }),
    'a NextApiRequest': () => ({ cookies: { [NAME]: token }, headers: { host: 'a' } }),
    'a store that gives strings': () => ({ cookies: store(token) }),
    'a Map of cookies': () => ({ cookies: new Map([[NAME, token]]) }),
    'Headers beside empty cookies': () => ({
      cookies: store(undefined),
      headers: new Headers({ authorization: `Bearer ${token}` }),
    }),
    'a Map of headers': () => ({ headers: new Map([['authorization', `Bearer ${token}`]]) }),
    'an API Gateway event with cookies': () => ({ cookies: ['a=b', `${NAME}=${token}`], headers: { host: 'a' } }),
    'an API Gateway event with header names in any case': () => ({ headers: { Authorization: `Bearer ${token}` } }),
    'an API Gateway event with other headers first': () => ({
      headers: { Host: 'a', Authorization: `Bearer ${token}` },
    }),
    'an API Gateway event with a COOKIE header': () => ({ headers: { COOKIE: `${NAME}=${token}` } }),
    'a header that stands twice': () => ({ headers: { authorization: [`Bearer ${token}`, 'Bearer other'] } }),
    'the first of two cookies': () => ({ headers: { cookie: `${NAME}=${token}; ${NAME}=other` } }),
    'the first of two cookies, of which cookies has the last': () => ({
      cookies: store({ name: NAME, value: 'other' }),
      headers: new Headers({ cookie: `${NAME}=${token}; ${NAME}=other` }),
    }),
    'the first of two cookies of an API Gateway event': () => ({ cookies: [`${NAME}=${token}`, `${NAME}=other`] }),
    'the header, where cookies has been changed': () => ({
      cookies: { [NAME]: 'other' },
      headers: { cookie: `${NAME}=${token}` },
    }),
    'cookies, where the header has none of that name': () => ({
      cookies: { [NAME]: token },
      headers: { cookie: `x${NAME}=a; b=${NAME}` },
    }),
    'a cookie in quotes': () => ({ headers: { cookie: `a=b; ${NAME}="${token}"; c=d` } }),
    'a cookie in quotes and with spaces around': () => ({ headers: { cookie: `${NAME} = "${token}" ;c=d` } }),
    'a cookie in quotes that a parser has kept': () => ({ cookies: { [NAME]: `"${token}"` } }),
    'a cookie in quotes in a store': () => ({ cookies: store({ name: NAME, value: `"${token}"` }) }),
    'a cookie in quotes of an API Gateway event': () => ({ cookies: [`${NAME}="${token}"`] }),
    'a quoted-printable cookie': () => ({ headers: { cookie: `${NAME}=${token.replaceAll('.', '%2E')}` } }),
  }
  for (const [name, request] of Object.entries(REQUESTS)) {
    test(name, async () => assert.equal((await verifyAuth(request(), issuer.options)).userId, 'user-1'))
  }

  test('an IncomingMessage', async (t) => {
    const server = http.createServer(async (req, res) => res.end((await verifyAuth(req, issuer.options)).userId))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const response = await fetch(`http://127.0.0.1:${server.address().port}`, {
      headers: { cookie: `${NAME}=${token}` },
    })
    assert.equal(await response.text(), 'user-1')
  })

  test('the cookie before the header', async () => {
    const other = issuer.issueToken({ sub: 'other' })
    const request = { cookies: { [NAME]: token }, headers: { authorization: `Bearer ${other}` } }
    assert.equal((await verifyAuth(request, issuer.options)).userId, 'user-1')
    const bad = { cookies: { [NAME]: 'bad' }, headers: { authorization: `Bearer ${token}` } }
    assert.equal((await rejection(verifyAuth(bad, issuer.options))).code, 'token_malformed')
  })

  test('the sources that tokenFrom names, and in no other', async () => {
    const other = issuer.issueToken({ sub: 'other' })
    const cookie = { cookie: `${NAME}=${token}` }
    const authorization = { authorization: `Bearer ${other}` }
    const ROWS = [
      [
        { ...cookie, ...authorization },
        { both: 'user-1', cookie: 'user-1', header: 'other' },
      ],
      [cookie, { both: 'user-1', cookie: 'user-1', header: 'token_missing' }],
      [authorization, { both: 'other', cookie: 'token_missing', header: 'other' }],
      [
        { cookie: `${NAME}=`, ...authorization },
        { both: 'other', cookie: 'token_missing', header: 'other' },
      ],
    ]
    for (const [headers, outcomes] of ROWS) {
      for (const [tokenFrom, expected] of Object.entries(outcomes)) {
        for (const request of [{ headers }, { headers: new Headers(headers) }]) {
          const verdict = verifyAuth(request, { ...issuer.options, tokenFrom })
          const outcome = await verdict.then(
            ({ userId }) => userId,
            ({ code }) => code,
          )
          assert.equal(outcome, expected, `${JSON.stringify(headers)} ${tokenFrom}`)
        }
      }
      assert.equal((await verifyAuth(token, { ...issuer.options, tokenFrom: 'header' })).userId, 'user-1')
    }
  })

  test('a cookie of another name, if cookieName names it', async () => {
    const options = { ...issuer.options, cookieName: 'session' }
    assert.equal((await verifyAuth({ cookies: { session: token } }, options)).userId, 'user-1')
    assert.equal((await rejection(verifyAuth({ cookies: { [NAME]: token } }, options))).code, 'token_missing')
  })
})

describe('no token is found in', () => {
  const throwing = {
    get cookies() {
      throw new Error('no cookies')
    },
    get headers() {
      throw new Error('no headers')
    },
  }
  const REQUESTS = {
    undefined: () => undefined,
    null: () => null,
    'a number': () => 5,
    'a symbol': () => Symbol('token'),
    'an empty string': () => '',
    'an empty object': () => ({}),
    'null cookies and headers': () => ({ cookies: null, headers: null }),
    'cookies that are a string': () => ({ cookies: `${NAME}=x`, headers: {} }),
    'getters that throw': () => throwing,
    'a get that throws': () => ({ cookies: { get: () => throwing.cookies }, headers: { get: () => throwing.headers } }),
    'a cookie that is an object': () => ({ cookies: { [NAME]: { toString: () => 'x' } } }),
    'a cookie that is a JSON cookie': () => ({ cookies: { [NAME]: { sub: 'admin' } }, headers: {} }),
    'an inherited cookie': () => ({ cookies: Object.create({ [NAME]: 'x' }) }),
    'an inherited header': () => ({ headers: Object.create({ authorization: 'Bearer x' }) }),
    'an empty cookie': () => ({ headers: { cookie: `${NAME}=` } }),
    'a cookie that is empty in the header, but not in cookies': () => ({
      cookies: { get: () => ({ value: 'late' }) },
      headers: { cookie: `${NAME}=; ${NAME}=late` },
    }),
    'a cookie of two quotes': () => ({ headers: { cookie: `${NAME}=""` } }),
    'a cookie whose name begins with a no-break space': () => ({ headers: { cookie: `\u00a0${NAME}=x` } }),
    'a cookie whose name has another case': () => ({ headers: { cookie: `${NAME.toUpperCase()}=x` } }),
    'a longer cookie name': () => ({ headers: { cookie: `x${NAME}=x; ${NAME}x=x` } }),
    'another scheme': () => ({ headers: { authorization: 'Basic dTpw' } }),
    'a scheme that only begins with Bearer': () => ({ headers: { authorization: 'Bearerx' } }),
    'Bearer alone': () => ({ headers: { authorization: 'Bearer ' } }),
    'a header that is a number': () => ({ headers: { authorization: 5 } }),
    'a store that gives a promise': () => ({ cookies: { get: async () => 'x' } }),
  }
  const options = { logtoUrl: 'http://127.0.0.1:9', audience: 'a' }
  for (const [name, request] of Object.entries(REQUESTS)) {
    test(name, async () => assert.equal((await rejection(verifyAuth(request(), options))).code, 'token_missing'))
  }

  test('a cookie named __proto__', async () => {
    const request = { headers: { cookie: '__proto__=x' } }
    const named = { ...options, cookieName: '__proto__' }
    assert.equal((await rejection(verifyAuth(request, named))).code, 'token_malformed', 'it is a name like any other')
    assert.equal((await rejection(verifyAuth({ cookies: {} }, named))).code, 'token_missing')
    assert.equal(
      (await rejection(verifyAuth({ headers: {} }, { ...options, cookieName: 'constructor' }))).code,
      'token_missing',
    )
  })
})
