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

const SECRET = 'a secret of at least thirty-two characters'
const AUTH = 'logto_authtoken=a.b.c'

describe('CSRF tokens', () => {
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
    ['a token in quotes, which are no part of it', '"token"', 'token', true],
    ['a token that ends in a quoted part', 'a"b"', 'a"b"', true],
    ['a token that begins with a quoted part', '"a"b', '"a"b', true],
    ['a token that is one quote', '"', '"', true],
    ['quotes that the cookie lacks', 'token', '"token"', false],
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

  test('takes other names', () => {
    const request = { headers: { cookie: 'csrf=token', 'X-Csrf': 'token' } }
    assert.equal(verifyCsrfToken(request, { cookieName: 'csrf', headerName: 'X-CSRF' }).valid, true)
  })

  test('looks at no signature where it compares alone, and says so', () => {
    assert.throws(() => verifyCsrfToken({}, { secret: SECRET }), /Invalid option secret: createCsrfMiddleware alone/)
  })
})

describe('the CSRF middleware', () => {
  test('sets a cookie at the first safe request, and requires its value of requests with the auth cookie', async (t) => {
    for (const others of [[], [cookieParser()]]) {
      const setAnother = (_req, res, next) => {
        res.setHeader('Set-Cookie', 'a=b')
        next()
      }
      const app = await startGuarded(t, [...others, setAnother, createCsrfMiddleware()])
      const first = await app.get('/')
      const [another, cookie] = first.headers.getSetCookie()
      assert.equal(another, 'a=b', 'appended, not overwritten')
      assert.equal(first.headers.get('cache-control'), 'private', 'a shared cache would give everybody the same token')
      const [pair] = cookie.split(';')
      const token = pair.split('=')[1]
      const again = await app.get('/', { cookie: pair })
      assert.deepEqual([again.headers.getSetCookie().length, again.headers.get('cache-control')], [1, null])

      const cookies = `${AUTH}; ${pair}`
      assert.equal((await app.post({ cookie: cookies, 'x-csrf-token': token })).status, 200)
      for (const headers of [
        { cookie: AUTH },
        { cookie: cookies },
        { cookie: AUTH, 'x-csrf-token': token },
        { cookie: cookies, 'x-csrf-token': 'other' },
        { cookie: cookies, authorization: 'Bearer a.b.c' },
      ]) {
        const refused = await app.post(headers)
        assert.equal(refused.status, 403)
        assert.equal((await refused.json()).error, 'CSRF validation failed')
      }
    }
  })

  const PASSING = {
    'a Bearer token': { authorization: 'Bearer a.b.c' },
    'a Bearer token, from a page of another site': { authorization: 'Bearer a.b.c', 'sec-fetch-site': 'cross-site' },
    'a Bearer token and cookies of no account': {
      authorization: 'Bearer a.b.c',
      cookie: 'guest_logto_authtoken=abcdefgh; logto_authtoken=; logto_csrf_token=token',
    },
    'no credentials': {},
    'a guest’s cookie': { cookie: 'guest_logto_authtoken=abcdefgh' },
  }
  for (const [name, headers] of Object.entries(PASSING)) {
    test(`lets a request with ${name} pass, since no browser can be made to send more`, async (t) => {
      for (const options of [{}, { secret: SECRET }]) {
        const app = await startGuarded(t, [createCsrfMiddleware(options)])
        assert.equal((await app.post(headers)).status, 200)
      }
    })
  }

  test('guards a request that a cookie of another name has authenticated', async (t) => {
    const named = await startGuarded(t, [createCsrfMiddleware({ authCookieName: '__Host-session' })])
    assert.equal((await named.post({ cookie: '__Host-session=a.b.c' })).status, 403)
    assert.equal((await named.post({ cookie: AUTH })).status, 200)

    const mounted = await startGuarded(t, [signIn('ann'), createCsrfMiddleware()])
    assert.equal((await mounted.post({ cookie: 'session=a.b.c' })).status, 403)
    assert.equal((await mounted.post({ authorization: 'Bearer a.b.c' })).status, 200)
  })

  test('refuses requests of other sites, whatever tokens they carry', async (t) => {
    const app = await startGuarded(t, [createCsrfMiddleware()])
    const post = (site) =>
      app.post({ cookie: `${AUTH}; logto_csrf_token=token`, 'x-csrf-token': 'token', 'sec-fetch-site': site })
    for (const site of ['same-origin', 'same-site', 'none']) assert.equal((await post(site)).status, 200, site)
    const refused = await post('cross-site')
    assert.deepEqual([refused.status, (await refused.json()).message], [403, 'Cross-site request'])
    const link = await app.get('/', { cookie: AUTH, 'sec-fetch-site': 'cross-site' })
    assert.equal(link.status, 200, 'a link from another site is no forgery')
  })

  const WRONG = {
    path: { path: '/;' },
    cookieName: { cookieName: '__Host-csrf', domain: 'example.com' },
    headerName: { headerName: 'x csrf' },
    authCookieName: { authCookieName: '' },
    authCookie: { authCookie: 'session' },
    secret: { secret: undefined },
    'secret (too short)': { secret: 'x'.repeat(31) },
    'secret (none)': { secret: [] },
    'secret (one of several)': { secret: [SECRET, ''] },
    'secret (no text)': { secret: Buffer.alloc(32) },
    options: null,
  }
  for (const [name, options] of Object.entries(WRONG)) {
    test(`refuses a wrong ${name} when it is made`, () => {
      const option = name === 'path' ? 'cookie' : name.split(' ')[0]
      assert.throws(() => createCsrfMiddleware(options), {
        code: 'options_invalid',
        message: new RegExp(`option ${option}: `),
      })
    })
  }

  test('reads own properties alone, each once', async (t) => {
    const options = {}
    const reads = []
    for (const [name, value] of Object.entries({ secret: SECRET, cookieName: 'csrf', maxAge: 5 })) {
      const get = () => {
        reads.push(name)
        return value
      }
      Object.defineProperty(options, name, { enumerable: true, get })
    }
    createCsrfMiddleware(options)
    assert.deepEqual(reads, ['secret', 'cookieName', 'maxAge'])

    const polluted = { authCookieName: 'none', domain: 'evil.example' }
    t.after(() => {
      for (const name of Object.keys(polluted)) delete Object.prototype[name]
    })
    Object.assign(Object.prototype, polluted)
    assert.doesNotMatch(buildCsrfCookieHeader('token'), /evil/)
    let status
    const response = { status: (code) => ({ json: () => (status = code) }) }
    await createCsrfMiddleware()({ method: 'POST', headers: { cookie: AUTH } }, response, () => {})
    assert.equal(status, 403)
  })
})

describe('signed CSRF tokens', () => {
  /** The token that a page gets with these cookies. */
  const tokenFor = async (app, cookie) => {
    const [header] = (await app.get('/', { cookie })).headers.getSetCookie()
    return header === undefined ? undefined : /^logto_csrf_token=([^;]*)/.exec(header)[1]
  }
  const postWith = async (app, cookie, token) =>
    (await app.post({ cookie: `${cookie}; logto_csrf_token=${token}`, 'x-csrf-token': token })).status

  test('are bound to the token of the auth cookie where nobody has verified the user', async (t) => {
    const app = await startGuarded(t, [createCsrfMiddleware({ secret: SECRET })])
    assert.equal(await tokenFor(app, ''), undefined, 'without a session there is nothing to protect')
    const token = await tokenFor(app, AUTH)
    assert.match(token, /^[\da-f-]{36}\.[\da-f]{64}$/)
    assert.equal(await postWith(app, AUTH, token), 200)
    assert.equal(await tokenFor(app, `${AUTH}; logto_csrf_token=${token}`), undefined, 'a good one is kept')
    assert.equal(await postWith(app, 'logto_authtoken=d.e.f', token), 403, 'another session')
    assert.notEqual(await tokenFor(app, `logto_authtoken=d.e.f; logto_csrf_token=${token}`), undefined, 'is replaced')
  })

  test('are bound to the user whom an auth middleware has verified, and outlive a renewed access token', async (t) => {
    let user = 'ann'
    const app = await startGuarded(t, [(...args) => signIn(user)(...args), createCsrfMiddleware({ secret: SECRET })])
    const token = await tokenFor(app, AUTH)
    assert.equal(await postWith(app, 'logto_authtoken=renewed', token), 200)
    user = 'eve'
    assert.equal(await postWith(app, AUTH, token), 403)
  })

  test('are not to be had for a user by whoever knows the user’s id', async (t) => {
    const open = await startGuarded(t, [createCsrfMiddleware({ secret: SECRET })])
    const unsigned = `a.${Buffer.from('{"sub":"ann"}').toString('base64url')}.c`
    const planted = await tokenFor(open, `logto_authtoken=${unsigned}`)
    const app = await startGuarded(t, [signIn('ann'), createCsrfMiddleware({ secret: SECRET })])
    assert.equal(await postWith(app, AUTH, planted), 403)
  })

  test('cannot be made by whoever plants cookies, or changed', async (t) => {
    const app = await startGuarded(t, [createCsrfMiddleware({ secret: SECRET })])
    const token = await tokenFor(app, AUTH)
    const [random, mac] = token.split('.')
    const others = await tokenFor(await startGuarded(t, [createCsrfMiddleware({ secret: `${SECRET}!` })]), AUTH)
    const forged = ['token', random, `${random}.`, `.${mac}`, `${random}.${'0'.repeat(64)}`, `${mac.slice(36)}.${mac}`]
    const changed = [`${token}0`, token.slice(0, -1), token.toUpperCase(), `${token.slice(0, -1)}g`, `${token}\n`]
    for (const one of [...forged, ...changed.map((text) => text.trimEnd()).filter((text) => text !== token), others]) {
      assert.equal(await postWith(app, AUTH, one), 403, one)
    }
    assert.equal(await postWith(app, AUTH, token), 200)
  })

  test('survive a rotation of the secret, until the old one is dropped', async (t) => {
    const fresh = 'another secret of enough characters'
    const appOf = (secret) => startGuarded(t, [createCsrfMiddleware({ secret })])
    const token = await tokenFor(await appOf(SECRET), AUTH)
    const rotated = await appOf([fresh, SECRET])
    assert.equal(await postWith(rotated, AUTH, token), 200)
    const renewed = await tokenFor(rotated, AUTH)
    assert.equal(await postWith(await appOf(fresh), AUTH, renewed), 200, 'the first secret signs')
    assert.equal(await postWith(await appOf(fresh), AUTH, token), 403)
  })

  test('are bound to the user of the request alone, and not to one whom every object has', async (t) => {
    const app = await startGuarded(t, [createCsrfMiddleware({ secret: SECRET })])
    const token = await tokenFor(app, AUTH)
    t.after(() => delete Object.prototype.auth)
    Object.prototype.auth = { isAuthenticated: true, userId: 'ann' }
    assert.equal(await postWith(app, AUTH, token), 200, 'the session is still that of the cookie')
    assert.equal(await postWith(app, AUTH, await tokenFor(app, 'logto_authtoken=d.e.f')), 403)
  })

  test('are not given to a user without an id, whom nothing tells from another', async (t) => {
    for (const userId of ['', undefined, null, 5, {}]) {
      const app = await startGuarded(t, [signIn(userId), createCsrfMiddleware({ secret: SECRET })])
      assert.equal(await tokenFor(app, AUTH), undefined, String(userId))
      const ofCookie = await tokenFor(await startGuarded(t, [createCsrfMiddleware({ secret: SECRET })]), AUTH)
      assert.equal(await postWith(app, AUTH, ofCookie), 403)
    }
  })

  test('keep apart users and tokens of one text', async (t) => {
    const app = await startGuarded(t, [createCsrfMiddleware({ secret: SECRET })])
    const token = await tokenFor(app, 'logto_authtoken=ann')
    const other = await startGuarded(t, [signIn('ann'), createCsrfMiddleware({ secret: SECRET })])
    assert.equal(await postWith(other, 'logto_authtoken=ann', token), 403)
  })
})

/** An Express app, version 5, that answers every request that `middlewares` let through. */
async function startGuarded(t, middlewares) {
  const app = await startExpress((app) => {
    app.use(...middlewares)
    app.all('/', (_req, res) => res.json('let in'))
  })
  t.after(app.close)
  return { ...app, post: (headers) => fetch(app.url, { method: 'POST', headers }) }
}

/** Stands in for an auth middleware that has verified who asks. */
function signIn(userId) {
  return (req, _res, next) => {
    req.auth = { userId, isAuthenticated: true, payload: { sub: userId }, isGuest: false }
    next()
  }
}
