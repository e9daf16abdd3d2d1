'use strict'

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')
const { verifyAuth } = require('logto-authkit')
const { rejection } = require('./support/rejection')

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const OPTIONS = { logtoUrl: 'http://127.0.0.1:9', audience: 'a', allowGuest: true }

const guestIdOf = async (request) => (await verifyAuth(request, OPTIONS)).guestId

describe('a guest', () => {
  test('is exactly the documented context', async () => {
    const auth = await verifyAuth({}, OPTIONS)
    assert.deepEqual(auth, {
      userId: null,
      isAuthenticated: false,
      payload: null,
      isGuest: true,
      guestId: auth.guestId,
    })
  })

  test('is made for a string token as well as for a request', async () => {
    for (const tokenOrRequest of ['', 'garbage', undefined, {}, { headers: {} }]) {
      assert.match(await guestIdOf(tokenOrRequest), UUID_V4)
    }
  })

  test('gets another id at each call without a cookie', async () => {
    assert.notEqual(await guestIdOf({}), await guestIdOf({}))
  })

  test('is made only if allowGuest is true', async () => {
    assert.equal((await rejection(verifyAuth({}, { ...OPTIONS, allowGuest: false }))).code, 'token_missing')
    assert.equal((await rejection(verifyAuth({}, { ...OPTIONS, allowGuest: undefined }))).code, 'token_missing')
  })

  const PLAUSIBLE = [
    '6fa459ea-ee8a-4ca4-894e-db77e160355e',
    'd41d8cd98f00b204e9800998ecf8427e',
    'abcd_EF-',
    'x'.repeat(128),
  ]
  for (const id of PLAUSIBLE) {
    test(`keeps the id ${id.slice(0, 40)} of its cookie`, async () => {
      const cookie = `guest_logto_authtoken=${id}`
      assert.equal(await guestIdOf({ headers: { cookie } }), id)
      assert.equal(await guestIdOf({ cookies: { guest_logto_authtoken: id } }), id)
      assert.equal(await guestIdOf(new Request('http://a', { headers: { cookie } })), id)
    })
  }

  const IMPLAUSIBLE = {
    'is empty': '',
    'is shorter than 8 characters': 'abcdefg',
    'is longer than 128 characters': 'x'.repeat(129),
    'is 5 KB': 'x'.repeat(5_000),
    'is markup': '<script>alert(1)</script>',
    'would split a header': 'abcdefgh\r\nSet-Cookie: a=b',
    'ends with a newline': 'abcdefgh\n',
    'has a space': 'abcd efgh',
    'is not ASCII': 'abcdefghé',
    'is an object': { toString: () => 'abcdefgh' },
    'is an array': ['abcdefgh'],
    'is a number': 12345678,
  }
  for (const [name, id] of Object.entries(IMPLAUSIBLE)) {
    test(`gets a fresh id if the id of its cookie ${name}`, async () => {
      assert.match(await guestIdOf({ cookies: { guest_logto_authtoken: id } }), UUID_V4)
    })
  }
})
