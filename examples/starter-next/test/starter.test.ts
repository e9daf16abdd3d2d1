import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { clearJwksCache, exportJwks } from 'logto-authkit'
import { createTestIssuer, type TestIssuer, type TestTokenOptions } from 'logto-authkit/testing'
import { NextRequest } from 'next/server'

const APP = 'https://app.example.com'
const TOKEN_COOKIE = 'logto_authtoken'

let issuer: TestIssuer
before(async () => {
  issuer = await createTestIssuer()
  process.env.LOGTO_URL = issuer.logtoUrl
  process.env.AUDIENCE = issuer.audience
  process.env.LOGTO_APP_ID = 'app'
  process.env.LOGTO_APP_SECRET = 'secret'
  process.env.APP_URL = APP
})
after(() => issuer.close())

/** A request of a browser, which carries a token where one is given. */
function request(path: string, { token, ...init }: { token?: string; method?: string; headers?: HeadersInit } = {}) {
  const headers = new Headers(init.headers)
  if (token !== undefined) headers.set('cookie', `${TOKEN_COOKIE}=${token}`)
  return new NextRequest(APP + path, { ...init, headers })
}

describe('the way back from a sign-in', () => {
  const WITHIN = ['/account', '/account?tab=1#top', 'account', '', `${APP}/account`]
  const AWAY = [
    ...['https://evil.example', '//evil.example', '/\\evil.example', '\\\\evil.example', '/\t/evil.example'],
    ...['javascript:alert(1)', 'http://app.example.com/', 'https://app.example.com.evil.example/', 'https://'],
    ...['https://app.example.com@evil.example/', 'blob:https://app.example.com/a'],
  ]

  test('leads to the page that was asked for', async () => {
    const { returnUrl } = await import('../lib/return-to')
    for (const returnTo of WITHIN) assert.equal(returnUrl(returnTo).href, new URL(returnTo, APP).href)
    assert.equal(returnUrl(null).href, `${APP}/`)
  })

  test('never leaves the app', async () => {
    const { returnUrl } = await import('../lib/return-to')
    for (const returnTo of AWAY) assert.equal(returnUrl(returnTo).href, `${APP}/`, returnTo)
    // A path that would be another site by itself.
    assert.equal(new URL(returnUrl('/.//evil.example').href, APP).origin, APP)
  })
})

describe('the proxy', () => {
  const proxied = async (...args: Parameters<typeof request>) => (await import('../proxy')).proxy(request(...args))
  const passes = (response: Response) => response.headers.get('x-middleware-next') === '1'

  test('sends whoever is not signed in to the sign-in, with the way back', async () => {
    const expired = issuer.issueToken({ expiresIn: -1 })
    for (const token of [undefined, 'garbage', expired]) {
      const response = await proxied('/account?tab=1', token === undefined ? {} : { token })
      assert.equal(response.status, 307)
      assert.equal(response.headers.get('location'), `${APP}/auth/sign-in?returnTo=%2Faccount%3Ftab%3D1`)
    }
  })

  test('lets whoever is signed in pass, guests on the other pages, and actions, which check by themselves', async () => {
    assert.ok(passes(await proxied('/account', { token: issuer.issueToken() })))
    assert.ok(passes(await proxied('/')))
    assert.ok(passes(await proxied('/', { token: 'garbage' })))
    assert.ok(passes(await proxied('/account', { method: 'POST' })))
  })

  test('answers what a script fetches with the refusal itself', async () => {
    const response = await proxied('/account', { headers: { 'sec-fetch-mode': 'cors' } })
    assert.equal(response.status, 401)
    assert.equal(response.headers.get('www-authenticate'), 'Bearer')
  })

  test('signs nobody out in an outage', async () => {
    const token = issuer.issueToken()
    await issuer.goDown()
    const responses = await Promise.all(['/', '/account'].map((path) => proxied(path, { token })))
    await issuer.goUp()
    for (const response of responses) {
      assert.equal(response.status, 503)
      assert.ok(response.headers.has('retry-after'))
      assert.equal(response.headers.has('set-cookie'), false)
    }
    assert.ok(passes(await proxied('/account', { token })))
  })
})

describe('/api/admin', () => {
  const admin = async (options?: TestTokenOptions) => {
    const { GET } = await import('../app/api/admin/route')
    return GET(request('/api/admin', options && { token: issuer.issueToken(options) }), undefined)
  }

  test('is for tokens with the scope, and names the scope to others', async () => {
    assert.equal((await admin()).status, 401)
    const refused = await admin({ scope: 'read:profile' })
    assert.equal(refused.status, 403)
    assert.match(refused.headers.get('www-authenticate') ?? '', /error="insufficient_scope".*scope="admin:write"/)
    const response = await admin({ sub: 'ada', scope: 'admin:write' })
    assert.deepEqual([response.status, await response.json()], [200, { admin: 'ada' }])
  })
})

describe('the routes of the sign-in', () => {
  test('refuse a way back from Logto that did not begin in this browser', async () => {
    const { GET } = await import('../app/auth/callback/route')
    const response = await GET(request('/auth/callback?code=stolen&state=forged'))
    assert.equal(response.status, 400)
    assert.equal(response.headers.has('set-cookie'), false)
  })

  test('let no other site sign anybody out', async () => {
    const { POST } = await import('../app/auth/sign-out/route')
    const signOut = (origin: string) => POST(request('/auth/sign-out', { method: 'POST', headers: { origin } }))
    const forged = await signOut('https://evil.example')
    assert.deepEqual([forged.status, forged.headers.has('set-cookie')], [403, false])
    const response = await signOut(APP)
    assert.equal(response.status, 303)
    assert.match(
      response.headers.get('set-cookie') ?? '',
      /^logto_authtoken=;.*Max-Age=0;.*Secure; HttpOnly; SameSite=lax/,
    )
  })
})

describe('a start', () => {
  const isSoon = async (condition: () => boolean) => {
    for (let i = 0; i < 100 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 20))
    assert.ok(condition())
  }

  test('fails where a setting is missing, and names it', async (t) => {
    t.after(() => {
      process.env.APP_URL = APP
    })
    delete process.env.APP_URL
    const { register } = await import('../instrumentation')
    assert.throws(register, /APP_URL is not set/)
  })

  test('fetches the keys before anybody asks', async () => {
    clearJwksCache()
    const { register } = await import('../instrumentation')
    register()
    await isSoon(() => exportJwks(issuer.options) !== null)
  })

  test('is over, says /ready, once the keys are there', async () => {
    clearJwksCache()
    const { GET } = await import('../app/ready/route')
    assert.equal(GET().status, 503)
    await isSoon(() => GET().status === 204)
  })
})
