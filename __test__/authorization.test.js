'use strict'

// What a good token may do: the options above the engine, but for organizations, which have a file of their own.

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const { createVerifier, principalOf, requireAuth, verifyAuth, verifyNextAuth } = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')
const { startExpress } = require('./support/express-app')
const { rejection } = require('./support/rejection')

const MACHINE = { sub: 'app-1', client_id: 'app-1' }

/** [what is asked for, the options, the claims, the code of the refusal or 'ok', what is found in details]. */
const ROWS = [
  ['a client', { clientId: 'app-1' }, {}, 'ok'],
  ['a client of several', { clientId: ['app-2', 'app-1'] }, {}, 'ok'],
  ['another client', { clientId: 'app-2' }, {}, 'client_invalid', 'app-1'],
  ['a client whose name begins alike', { clientId: 'app-10' }, {}, 'client_invalid', 'app-1'],
  ['a client, of a token without one', { clientId: 'app-1' }, { client_id: undefined }, 'client_invalid', null],
  ['a user', { subjectType: 'user' }, {}, 'ok'],
  ['a user, of a machine', { subjectType: 'user' }, MACHINE, 'subject_type_invalid', 'client'],
  ['a machine', { subjectType: 'client' }, MACHINE, 'ok'],
  ['a machine, of a user', { subjectType: 'client' }, {}, 'subject_type_invalid', 'user'],
  [
    'a machine, of a token without a client',
    { subjectType: 'client' },
    { client_id: undefined },
    'subject_type_invalid',
    'user',
  ],
  ['nothing of an actor', {}, { act: { sub: 'support-1' } }, 'ok'],
  ['an actor or none', { allowActor: true }, { act: { sub: 'support-1' } }, 'ok'],
  ['no actor', { allowActor: false }, {}, 'ok'],
  ['no actor, of a token with one', { allowActor: false }, { act: { sub: 'support-1' } }, 'actor_invalid', 'support-1'],
  ['no actor, of a token whose act is empty', { allowActor: false }, { act: {} }, 'actor_invalid', null],
  ['no actor, of a token whose act is null', { allowActor: false }, { act: null }, 'actor_invalid', null],
  ['no actor, of a token whose act is false', { allowActor: false }, { act: false }, 'actor_invalid', null],
  ['no actor, of a token whose act is a text', { allowActor: false }, { act: 'support-1' }, 'actor_invalid', null],
  ['no actor, of a token whose act is a list', { allowActor: false }, { act: [{ sub: 'a' }] }, 'actor_invalid', null],
  [
    'no actor, of a token of whose act somebody else is the actor',
    { allowActor: false },
    { act: { sub: 'a', act: { sub: 'b' } } },
    'actor_invalid',
    'a',
  ],
  ['a user, of a token without a client', { subjectType: 'user' }, { client_id: undefined }, 'ok'],
  ['a client in other letters', { clientId: 'APP-1' }, {}, 'client_invalid', 'app-1'],
  ['a client with a space', { clientId: 'app-1 ' }, {}, 'client_invalid', 'app-1'],
  ['a check', { check: () => true }, {}, 'ok'],
  ['a check that waits', { check: async () => true }, {}, 'ok'],
  ['a check that says no', { check: () => false }, {}, 'check_failed'],
  ['a check that says no later', { check: async () => false }, {}, 'check_failed'],
  ['a check that says nothing', { check: () => undefined }, {}, 'check_failed'],
  ['a check that gives what is true alone', { check: () => 1 }, {}, 'check_failed'],
  ['a check that gives a text', { check: () => 'true' }, {}, 'check_failed'],
  ['a check that gives a promise of a text', { check: async () => 'true' }, {}, 'check_failed'],
  ['a check that gives an object', { check: () => ({}) }, {}, 'check_failed'],
  ['a check that gives a promise of a promise', { check: async () => Promise.resolve(true) }, {}, 'ok'],
  [
    'all of it',
    { clientId: 'app-1', subjectType: 'client', allowActor: false, organization: false, check: () => true },
    MACHINE,
    'ok',
  ],
  [
    'all of it but the actor, where the check says no',
    { clientId: 'app-1', subjectType: 'client', organization: false, check: () => false },
    MACHINE,
    'check_failed',
  ],
]

/** Options that are refused: [the option, a value]. */
const WRONG = [
  ...['organization', 'clientId', 'subjectType', 'check', 'audience'].map((name) => [name, undefined]),
  ...[null, '', ' ', 0, [], ['a'], {}].map((value) => ['organization', value]),
  ...[null, '', [], [''], ['a', undefined], 5, {}].map((value) => ['clientId', value]),
  ...[null, '', 'users', 'USER', ['user'], true].map((value) => ['subjectType', value]),
  ...[null, true, 'yes', {}].map((value) => ['check', value]),
  ...[null, 0, 'false'].map((value) => ['allowActor', value]),
]

describe('what a good token may do', () => {
  let issuer
  before(async () => {
    issuer = await createTestIssuer()
  })
  after(() => issuer.close())

  for (const [name, options, claims, expected, found] of ROWS) {
    test(`${name}: ${expected}`, async () => {
      const token = issuer.issueToken(claims)
      const all = { ...issuer.options, ...options }
      if (expected === 'ok') {
        assert.equal((await verifyAuth(token, all)).isAuthenticated, true)
        return
      }
      const error = await rejection(verifyAuth(token, all))
      assert.deepEqual([error.code, error.status, error.headers], [expected, 403, {}])
      if (found !== undefined) assert.equal(error.details.found, found)
      assert.match(error.message, /^Token verification failed: The token [a-z ]+$/)
      const asGuest = await verifyAuth(token, { ...all, allowGuest: true })
      assert.equal(asGuest.isGuest, true, 'a missing permission makes a guest')
    })
  }

  for (const [name, value] of WRONG) {
    test(`the option ${name} is refused where it is ${JSON.stringify(value)}`, async () => {
      const options = { ...issuer.options, organization: 'a', [name]: value }
      const expected = { code: 'options_invalid', details: { option: name } }
      for (const call of [() => createVerifier(options), () => verifyAuth('x', options)]) {
        const error = await rejection(Promise.resolve().then(call))
        assert.deepEqual({ code: error.code, details: { option: error.details.option } }, expected)
      }
    })
  }

  test('an audience is required but where organization tokens are asked for', () => {
    const { logtoUrl } = issuer
    assert.throws(() => createVerifier({ logtoUrl }), /Invalid option audience/)
    assert.throws(() => createVerifier({ logtoUrl, organization: false }), /Invalid option organization/)
    for (const organization of ['a', true, () => 'a']) createVerifier({ logtoUrl, organization })
  })

  test('a refusal of a client says which clients are asked for', async () => {
    const options = { ...issuer.options, clientId: ['app-2', 'app-3'] }
    const error = await rejection(verifyAuth(issuer.issueToken(), options))
    assert.deepEqual(error.details.expected, ['app-2', 'app-3'])
  })

  test('a check comes last, gets what the caller gets, and the request', async () => {
    const calls = []
    const check = (...args) => calls.push(args) > 0
    const request = { headers: { authorization: `Bearer ${issuer.issueToken({ sub: 'ada' })}` } }
    const auth = await verifyAuth(request, { ...issuer.options, check })
    assert.equal(calls.length, 1)
    assert.equal(calls[0].length, 2)
    assert.equal(calls[0][1], request)
    assert.deepEqual(calls[0][0], auth)
    assert.equal(auth.userId, 'ada')

    const other = issuer.issueToken({ client_id: 'app-2', act: {}, organization_id: 'b' })
    for (const options of [
      { clientId: 'app-1' },
      { subjectType: 'client' },
      { allowActor: false },
      { organization: 'a' },
    ]) {
      await rejection(verifyAuth(other, { ...issuer.options, ...options, check }))
    }
    assert.equal(calls.length, 1, 'not called for a token that is refused before')
    await verifyAuth(issuer.issueToken(), { ...issuer.options, check })
    assert.equal(calls[1][1], undefined, 'a token alone is no request')
  })

  test('what a check throws is thrown as it is, and makes neither a yes nor a guest', async (t) => {
    const token = issuer.issueToken()
    const bug = new Error('the database is away')
    const checks = [
      () => {
        throw bug
      },
      () => Promise.reject(bug),
      // biome-ignore lint/suspicious/noThenProperty: another implementation of promises
      () => ({ then: (_resolve, reject) => reject(bug) }),
    ]
    const { errors, get, close } = await startExpress((app) => {
      const { createExpressAuthMiddleware } = require('logto-authkit')
      for (const [index, check] of checks.entries()) {
        const guard = createExpressAuthMiddleware({ ...issuer.options, check, allowGuest: true })
        app.get(`/${index}`, guard, (_req, res) => res.send('in'))
      }
    })
    t.after(close)
    for (const [index, check] of checks.entries()) {
      const options = { ...issuer.options, check, allowGuest: true }
      await assert.rejects(verifyAuth(token, options), (thrown) => thrown === bug)
      const request = { headers: { authorization: `Bearer ${token}` } }
      await assert.rejects(verifyNextAuth(request, options), (thrown) => thrown === bug)
      assert.equal((await get(`/${index}`, { authorization: `Bearer ${token}` })).status, 599)
      assert.equal(errors[index], bug)
    }
  })

  test('in an outage nothing is asked: 503, and with allowGuest a guest', async (t) => {
    const away = await createTestIssuer()
    t.after(away.close)
    const token = away.issueToken()
    await away.goDown()
    const never = () => assert.fail('called')
    const asked = [
      { organization: never },
      { clientId: 'x' },
      { subjectType: 'client' },
      { allowActor: false },
      { check: never },
    ]
    for (const options of asked) {
      const all = { ...away.options, ...options }
      assert.equal((await rejection(verifyAuth(token, all))).code, 'jwks_unavailable')
      assert.equal((await verifyAuth(token, { ...all, allowGuest: true })).isGuest, true)
      assert.equal((await verifyAuth({ headers: {} }, { ...all, allowGuest: true })).isGuest, true)
    }
  })

  test('a token that is refused for its scope is not asked further', async () => {
    const options = { ...issuer.options, requiredScope: 'a', organization: () => assert.fail('called') }
    assert.equal((await rejection(verifyAuth(issuer.issueToken(), options))).code, 'scope_missing')
  })
})

describe('the principal', () => {
  const NOBODY = {
    subjectType: null,
    userId: null,
    clientId: null,
    organizationId: null,
    actorId: null,
    scopes: [],
    expiresAt: null,
  }
  const user = { sub: 'ada', client_id: 'app-1', scope: 'a b', exp: 5, iss: 'i', aud: 'api' }
  const ofUser = { ...NOBODY, subjectType: 'user', userId: 'ada', clientId: 'app-1', scopes: ['a', 'b'], expiresAt: 5 }
  const ROWS = [
    ['a user', user, ofUser],
    ['a user without scopes', { ...user, scope: '' }, { ...ofUser, scopes: [] }],
    ['a user with a scope twice', { ...user, scope: 'b  a b ' }, { ...ofUser, scopes: ['b', 'a'] }],
    ['a machine', { ...user, sub: 'app-1' }, { ...ofUser, subjectType: 'client', userId: null }],
    ['a user for whom somebody acts', { ...user, act: { sub: 'bob' } }, { ...ofUser, actorId: 'bob' }],
    ['a user with an actor that is no object', { ...user, act: 'bob' }, ofUser],
    ['a user within an organization', { ...user, organization_id: 'a' }, { ...ofUser, organizationId: 'a' }],
    ['an empty payload', {}, NOBODY],
  ]
  for (const [name, payload, expected] of ROWS) {
    test(`of ${name}`, () => {
      assert.deepEqual(principalOf(payload), expected)
      assert.deepEqual(principalOf({ userId: 'x', isAuthenticated: true, payload, isGuest: false }), expected)
    })
  }

  test('of a guest and of nobody has nothing', () => {
    const guest = { userId: null, isAuthenticated: false, payload: null, isGuest: true, guestId: 'abcdefgh' }
    for (const subject of [guest, null, undefined]) assert.deepEqual(principalOf(subject), NOBODY)
  })
})

describe('requireAuth', () => {
  const auth = { userId: 'ada', isAuthenticated: true, payload: { sub: 'ada' }, isGuest: false }
  const guest = { userId: null, isAuthenticated: false, payload: null, isGuest: true, guestId: 'abcdefgh' }

  test('gives the context of a context, and of a request', () => {
    assert.equal(requireAuth(auth), auth)
    assert.equal(requireAuth({ auth }), auth)
  })

  test('throws for anything else', () => {
    const forged = [{ ...auth, isAuthenticated: 'true' }, { ...auth, userId: null }, Object.create(auth)]
    for (const subject of [guest, { auth: guest }, {}, { auth: null }, null, undefined, 'ada', 5, ...forged]) {
      assert.throws(() => requireAuth(subject), { name: 'AuthError', code: 'token_missing', status: 401 })
    }
  })
})
