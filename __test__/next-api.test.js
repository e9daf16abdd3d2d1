'use strict'

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const { requireScopes, verifyNextAuth, withNextAuth } = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')

const URL = 'https://app.example/api'

describe('in Next.js', () => {
  let issuer
  let signedIn
  before(async () => {
    issuer = await createTestIssuer()
    signedIn = { headers: { authorization: `Bearer ${issuer.issueToken()}` } }
  })
  after(() => issuer.close())

  test('verifyNextAuth gives { success: true, auth } for a valid token', async () => {
    const result = await verifyNextAuth(new Request(URL, signedIn), issuer.options)
    assert.deepEqual(Object.keys(result), ['success', 'auth'])
    assert.deepEqual([result.success, result.auth.userId, result.auth.isGuest], [true, 'user-1', false])
  })

  test('verifyNextAuth gives a guest beside what a refusal has', async () => {
    const options = { ...issuer.options, allowGuest: true }
    const { auth, ...refusal } = await verifyNextAuth(new Request(URL), options)
    assert.deepEqual(refusal, {
      success: false,
      error: 'No token found in cookies or Authorization header',
      code: 'token_missing',
      status: 401,
      headers: { 'WWW-Authenticate': 'Bearer' },
    })
    assert.deepEqual([auth.isGuest, auth.isAuthenticated, auth.userId], [true, false, null])
  })

  test('verifyNextAuth tells onError of the refusal', async () => {
    const codes = []
    await verifyNextAuth(new Request(URL), { ...issuer.options, onError: ({ code }) => codes.push(code) })
    assert.deepEqual(codes, ['token_missing'])
  })

  test('withNextAuth calls the handler with the request, the context and the further arguments', async () => {
    const guarded = withNextAuth((request, auth, ctx) => Response.json([request.url, auth.userId, ctx]), issuer.options)
    const response = await guarded(new Request(URL, signedIn), { params: { id: '5' } })
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), [URL, 'user-1', { params: { id: '5' } }])
    assert.deepEqual(response.headers.getSetCookie(), [])
  })

  test('withNextAuth leaves an error that the handler throws to Next.js', async () => {
    const guarded = withNextAuth(() => {
      throw new Error('a bug')
    }, issuer.options)
    await assert.rejects(guarded(new Request(URL, signedIn)), { message: 'a bug' })
  })

  test('withNextAuth answers a refusal that the handler throws as it answers its own', async () => {
    const guarded = withNextAuth((_request, auth) => {
      requireScopes(auth, 'admin:write')
      return Response.json({})
    }, issuer.options)
    const response = await guarded(new Request(URL, signedIn))
    assert.equal(response.status, 403)
    assert.match(response.headers.get('www-authenticate'), /error="insufficient_scope".* scope="admin:write"$/)
    const { error, code } = await response.json()
    assert.deepEqual([error, code], ['Access denied', 'scope_missing'])
  })

  test('withNextAuth stores a fresh guest id, on a redirect too', async () => {
    const options = { ...issuer.options, allowGuest: true }
    for (const answer of [
      () => Response.json({}),
      () => Response.redirect(URL),
      () => new Response(null, { status: 204 }),
    ]) {
      let guestId
      const guarded = withNextAuth((_request, auth) => {
        guestId = auth.guestId
        return answer()
      }, options)
      const response = await guarded(new Request(URL))
      const [cookie] = response.headers.getSetCookie()
      assert.ok(cookie.startsWith(`guest_logto_authtoken=${guestId}; `), cookie)
      assert.match(cookie, /; Secure/)
      assert.equal(response.status, answer().status)

      const again = await guarded(new Request(URL, { headers: { cookie: cookie.split(';')[0] } }))
      assert.deepEqual(again.headers.getSetCookie(), [])
    }
  })

  test('withNextAuth keeps a response with a fresh guest id out of shared caches, unless the handler has decided', async () => {
    for (const [own, expected] of [
      [{}, 'private'],
      [{ 'cache-control': 'public, max-age=60' }, 'public, max-age=60'],
    ]) {
      const guarded = withNextAuth(() => Response.json({}, { headers: own }), { ...issuer.options, allowGuest: true })
      const first = await guarded(new Request(URL))
      assert.equal(first.headers.get('cache-control'), expected)
      const cookie = first.headers.getSetCookie()[0].split(';')[0]
      const again = await guarded(new Request(URL, { headers: { cookie } }))
      assert.equal(again.headers.get('cache-control'), own['cache-control'] ?? null)
    }
  })

  test('withNextAuth marks the guest cookie Secure only on https', async () => {
    const guarded = withNextAuth(() => Response.json({}), { ...issuer.options, allowGuest: true })
    const response = await guarded(new Request('http://app.example/api'))
    assert.doesNotMatch(response.headers.getSetCookie()[0], /Secure/)
  })
})
