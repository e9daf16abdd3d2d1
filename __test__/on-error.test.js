'use strict'

// What an `onError` can do that fails. The middlewares, where it answers, are in express.test.js and frameworks/adapters.js.

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const { setTimeout: sleep } = require('node:timers/promises')
const { createVerifier, verifyAuth, verifyLogtoToken, verifyNextAuth, withNextAuth } = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')
const { warningsOf } = require('./support/warnings')

/** By name: an onError that fails, made anew so that each fails at a place of its own. */
const FAILING = {
  throws: () => () => {
    throw new Error('a bug')
  },
  rejects: () => async () => {
    throw new Error('a bug')
  },
  'gives a thenable that rejects': () => () => ({
    // biome-ignore lint/suspicious/noThenProperty: other implementations of promises have nothing but this
    then: (_resolve, reject) => reject(new Error('a bug')),
  }),
  'gives a thenable that throws': () => () => ({
    // biome-ignore lint/suspicious/noThenProperty: as above
    get then() {
      throw new Error('a bug')
    },
  }),
  'throws what is no error': () => () => {
    throw undefined
  },
}

/** What an onError may throw. Reading some of it throws, too. */
const THROWN = {
  null: null,
  'a text': 'a bug',
  'a symbol': Symbol('a bug'),
  'an object without members': Object.create(null),
  'an error without a stack': Object.assign(new Error('a bug'), { stack: undefined }),
  'an error with a list for a stack': Object.assign(new Error('a bug'), { stack: ['a bug'] }),
  'an error with a stack of its own kind': Object.assign(new Error('a bug'), {
    stack: { indexOf: () => 0, slice: () => ({ replace: () => 5 }) },
  }),
  'an error whose stack throws': Object.defineProperty(new Error('a bug'), 'stack', {
    get() {
      throw new Error('another bug')
    },
  }),
  'a proxy that is revoked': revokedProxy(),
}

/** By name: a call that only tells onError of its refusal. It resolves to what came of it. */
const OBSERVED = {
  verifyAuth: (options) => verifyAuth({ headers: {} }, options).catch(({ code }) => code),
  verifyLogtoToken: (options) => verifyLogtoToken('', options).catch(({ code }) => code),
  'verify of a verifier': (options) =>
    createVerifier(options)
      .verify('')
      .catch(({ code }) => code),
  verifyNextAuth: async (options) => (await verifyNextAuth(new Request('https://app.example/'), options)).code,
  withNextAuth: async (options) => {
    const guarded = withNextAuth(() => assert.fail('let in'), options)
    return (await (await guarded(new Request('https://app.example/'))).json()).code
  },
}

describe('an onError that only observes', () => {
  let issuer
  before(async () => {
    issuer = await createTestIssuer()
  })
  after(() => issuer.close())

  for (const [what, makeOnError] of Object.entries(FAILING)) {
    for (const [name, call] of Object.entries(OBSERVED)) {
      test(`and ${what} changes nothing of ${name}`, async (t) => {
        const unhandled = t.mock.fn()
        process.on('unhandledRejection', unhandled)
        t.after(() => process.off('unhandledRejection', unhandled))
        const options = { ...issuer.options, onError: makeOnError() }
        assert.equal(await call(options), 'token_missing')
        await sleep(10)
        assert.equal(unhandled.mock.callCount(), 0)
      })
    }
  }

  test('is told of the refusal of a request that goes on as a guest, and changes nothing of that, either', async () => {
    const onError = FAILING.rejects()
    const { isGuest } = await verifyAuth({ headers: {} }, { ...issuer.options, allowGuest: true, onError })
    assert.equal(isGuest, true)
  })

  for (const [what, thrown] of Object.entries(THROWN)) {
    test(`may throw ${what}, at once or later`, async (t) => {
      const unhandled = t.mock.fn()
      process.on('unhandledRejection', unhandled)
      t.after(() => process.off('unhandledRejection', unhandled))
      for (const onError of [
        () => {
          throw thrown
        },
        () => Promise.reject(thrown),
      ]) {
        for (const call of Object.values(OBSERVED)) {
          assert.equal(await call({ ...issuer.options, onError }), 'token_missing')
        }
        const verifier = createVerifier({ ...issuer.options, onError })
        // Edge runtimes have no verifySync, which tells nobody of that.
        assert.throws(() => verifier.verifySync(''), { name: 'AuthError' })
      }
      await sleep(10)
      assert.equal(unhandled.mock.callCount(), 0)
    })
  }

  test('is told of the request that was refused, and of a token nothing', async () => {
    const seen = []
    const options = { ...issuer.options, onError: (...args) => seen.push(args) }
    const request = { headers: { authorization: 'Bearer bad' } }
    for (const asked of [request, 'bad']) await verifyAuth(asked, options).catch(() => {})
    assert.deepEqual(
      seen.map(([{ code }, ...context]) => [code, ...context]),
      [['token_malformed', request], ['token_malformed']],
    )
    assert.equal(seen[0][1], request)
  })

  test('gets no settings of ours as its this', async () => {
    const seen = []
    const options = {
      ...issuer.options,
      onError() {
        seen.push(this)
      },
    }
    for (const call of Object.values(OBSERVED)) await call(options)
    assert.deepEqual(seen, Object.values(OBSERVED).fill(undefined))
  })

  test('is warned of once, however often it fails, with the place and without the message', async (t) => {
    const warnings = warningsOf(t)
    const later = async ({ code }, request) => {
      throw new Error(`${code} of ${request.headers.authorization}`)
    }
    const atOnce = ({ code }, request) => {
      throw new Error(`${code} of ${request.headers.authorization}`)
    }
    const request = { headers: { authorization: 'Bearer secret.secret.secret' } }
    for (let times = 0; times < 3; times += 1) {
      for (const onError of [later, atOnce]) await verifyAuth(request, { ...issuer.options, onError }).catch(() => {})
    }
    const all = await warnings.of('LOGTO_AUTHKIT_ON_ERROR_FAILED')
    assert.equal(all.length, 2)
    for (const { message, detail } of all) {
      assert.match(detail, /on-error\.test\.js/)
      assert.doesNotMatch(`${message}${detail}`, /secret/)
    }
  })

  test('is not missed where there is none', async (t) => {
    const warnings = warningsOf(t)
    await verifyAuth('bad', issuer.options).catch(() => {})
    assert.deepEqual(await warnings.of('LOGTO_AUTHKIT_ON_ERROR_FAILED'), [])
  })
})

function revokedProxy() {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
