'use strict'

// Tokens that are refused before their time.

const assert = require('node:assert/strict')
const { join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { AuthError, createRevocationList, createVerifier, verifyAuth, verifyNextAuth } = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')
const { rejection } = require('./support/rejection')

const isEdge = process.execArgv.includes('--conditions=edge-light')
const now = () => Math.floor(Date.now() / 1_000)

/** A log whose entries the test tells, each with a time. */
class ToldLog {
  appended = []

  async append(entry) {
    if (this.failure !== undefined) throw this.failure
    this.appended.push(entry)
    return this.time ?? Date.now()
  }

  follow(listener) {
    this.listener = listener
  }
}

/**
 * What is revoked at the second 1,000, and what becomes of tokens: [what, the call, the claims, whether it is revoked].
 */
const ROWS = [
  ['a user', (list) => list.revokeUser('ada'), { iat: 999 }, true],
  ['a user, in the same second', (list) => list.revokeUser('ada'), { iat: 1_000 }, true],
  ['a user, within the same second', (list) => list.revokeUser('ada'), { iat: 1_000.9 }, true],
  ['a user, a second later', (list) => list.revokeUser('ada'), { iat: 1_001 }, false],
  ['a user, of a token without a time', (list) => list.revokeUser('ada'), { iat: undefined }, true],
  ['another user', (list) => list.revokeUser('bob'), { iat: 999 }, false],
  ['a user whose name begins alike', (list) => list.revokeUser('ad'), { iat: 999 }, false],
  ['a user who is a member of every object', (list) => list.revokeUser('constructor'), { iat: 999 }, false],
  ['another user, of a token without a time', (list) => list.revokeUser('bob'), { iat: undefined }, false],
  ['a client', (list) => list.revokeClient('app-1'), { iat: 1_000 }, true],
  ['a client, a second later', (list) => list.revokeClient('app-1'), { iat: 1_001 }, false],
  ['another client', (list) => list.revokeClient('app-2'), { iat: 999 }, false],
  ['a client, of a token without one', (list) => list.revokeClient('app-1'), { iat: 999, client_id: undefined }, false],
  ['a token', (list) => list.revokeToken('t-1', { exp: 5e9 }), { iat: 3_000, jti: 't-1' }, true],
  ['another token', (list) => list.revokeToken('t-2', { exp: 5e9 }), { iat: 999, jti: 't-1' }, false],
  ['a token, of one without an id', (list) => list.revokeToken('t-1', { exp: 5e9 }), { jti: undefined }, false],
  [
    'a user in an organization, within it',
    (list) => list.revokeUser('ada', { organizationId: 'a' }),
    { iat: 1_000, organization: 'a' },
    true,
  ],
  [
    'a user in an organization, a second later',
    (list) => list.revokeUser('ada', { organizationId: 'a' }),
    { iat: 1_001, organization: 'a' },
    false,
  ],
  [
    'a user in an organization, within another',
    (list) => list.revokeUser('ada', { organizationId: 'a' }),
    { iat: 1_000, organization: 'b' },
    false,
  ],
  [
    'a user in an organization, with a plain token, which may have its scopes',
    (list) => list.revokeUser('ada', { organizationId: 'a' }),
    { iat: 1_000 },
    true,
  ],
  [
    'a user in an organization, with a plain token of a second later',
    (list) => list.revokeUser('ada', { organizationId: 'a' }),
    { iat: 1_001 },
    false,
  ],
  [
    'a user in an organization, with a token of which it is not clear',
    (list) => list.revokeUser('ada', { organizationId: 'a' }),
    { iat: 1_001, organization_id: 5 },
    true,
  ],
  [
    'another user in an organization',
    (list) => list.revokeUser('bob', { organizationId: 'a' }),
    { iat: 1_000, organization: 'a' },
    false,
  ],
]

/** Calls that name nobody: [how, the call, the option]. */
const WRONG = [
  ...[undefined, null, '', 5, ['ada'], 'x'.repeat(513)].flatMap((id) => [
    ['revokeUser', (list) => list.revokeUser(id), 'sub'],
    ['revokeClient', (list) => list.revokeClient(id), 'clientId'],
    ['revokeToken', (list) => list.revokeToken(id, { exp: 5 }), 'jti'],
    ['revokeUser in an organization', (list) => list.revokeUser('ada', { organizationId: id }), 'organizationId'],
  ]),
  ['revokeUser in something else', (list) => list.revokeUser('ada', { organization: 'a' }), 'organization'],
  ...[undefined, null, '5', Number.NaN, -1].map((exp) => [
    'revokeToken',
    (list) => list.revokeToken('t', { exp }),
    'exp',
  ]),
  ['revokeToken without options', (list) => list.revokeToken('t'), 'exp'],
]

/** Entries of a kind: [the kind, what each has beside its ids, the claims of a token that the one with the id `0` revokes]. */
const KINDS = [
  ['users', { type: 'user' }, { sub: '0' }],
  ['users of an organization', { type: 'user', organizationId: 'a' }, { sub: '0', organization: 'a' }],
  ['clients', { type: 'client' }, { client_id: '0' }],
  ['tokens', { type: 'token', exp: 5e9 }, { jti: '0' }],
]

const WRONG_OPTIONS = [
  ...[undefined, null, {}, { append() {} }, 'redis'].map((log) => ['log', { log }]),
  ...[0, -1, '5', Number.NaN].map((maxTokenLifetime) => ['maxTokenLifetime', { maxTokenLifetime }]),
  ...['', 'wait', null].map((whenBehind) => ['whenBehind', { whenBehind }]),
  ...[-1, '5'].map((maxBehindMs) => ['maxBehindMs', { maxBehindMs }]),
  ['logs', { logs: [] }],
]

describe('a revoked token', () => {
  let issuer
  before(async () => {
    issuer = await createTestIssuer()
  })
  after(() => issuer.close())

  /** Options with a list, and the log that it follows. */
  const withList = (more) => {
    const log = new ToldLog()
    const revocations = createRevocationList({ log, ...more })
    return { log, revocations, options: { ...issuer.options, revocations } }
  }
  const codeOf = (token, options) =>
    verifyAuth(token, options).then(
      () => 'ok',
      (error) => error.code,
    )

  for (const [name, revoke, claims, isRevoked] of ROWS) {
    test(`where it is that of ${name}: ${isRevoked ? 'refused' : 'accepted'}`, async () => {
      const { log, revocations, options } = withList({ maxTokenLifetime: 1e10 })
      log.time = 1_000_999
      const token = issuer.issueToken({ sub: 'ada', ...claims })
      assert.equal(await codeOf(token, options), 'ok')
      await revoke(revocations)
      assert.equal(await codeOf(token, options), isRevoked ? 'token_revoked' : 'ok')
      assert.equal(revocations.status().entries, 1)
    })
  }

  for (const [name, entry, claims] of KINDS) {
    test(`stays refused though a million ${name} are revoked, and one more that comes late`, async () => {
      const { log, revocations, options } = withList()
      const time = now() - 60
      for (let first = 0; first < 1_000_000; first += 10_000) {
        const ids = Array.from({ length: 10_000 }, (_, index) => String(first + index))
        log.listener.onEntry({ ...entry, ids }, time * 1_000)
      }
      const [old, fresh] = [issuer.issueToken({ ...claims, iat: time - 5 }), issuer.issueToken({ sub: 'bob' })]
      log.listener.onEntry({ ...entry, ids: ['late'], at: time - 3_600 }, now() * 1_000)
      assert.equal(await codeOf(old, options), 'token_revoked')
      assert.equal(await codeOf(fresh, options), 'ok')
      assert.ok(revocations.status().entries <= 1_000_000)
    })
  }

  test('gets a 401 that says no more, and is a guest where guests are allowed', async () => {
    const { revocations, options } = withList()
    const token = issuer.issueToken({ sub: 'ada' })
    await revocations.revokeUser('ada')
    const error = await rejection(verifyAuth(token, options))
    assert.deepEqual([error.status, error.details], [401, {}])
    assert.equal(error.message, 'Token verification failed: Token has been revoked')
    assert.match(error.headers['WWW-Authenticate'], /^Bearer error="invalid_token"/)
    assert.equal((await verifyAuth(token, { ...options, allowGuest: true })).isGuest, true)
    const answer = await verifyNextAuth({ headers: { authorization: `Bearer ${token}` } }, options)
    assert.deepEqual([answer.success, answer.code, answer.status], [false, 'token_revoked', 401])
  })

  test('is looked at before a check of the app, and after what the token says', async () => {
    const { revocations, options } = withList()
    await revocations.revokeUser('ada')
    const token = issuer.issueToken({ sub: 'ada' })
    assert.equal(await codeOf(token, { ...options, check: () => assert.fail('called') }), 'token_revoked')
    assert.equal(await codeOf(token, { ...options, clientId: 'app-2' }), 'client_invalid')
    assert.equal(await codeOf(issuer.issueToken({ sub: 'ada', expiresIn: -5 }), options), 'token_expired')
  })

  test('is refused by verifySync, too', { skip: isEdge && 'no verifySync' }, async () => {
    const { revocations, options } = withList()
    const verifier = createVerifier(options)
    await verifier.prefetch()
    const token = issuer.issueToken({ sub: 'ada' })
    assert.equal(verifier.verifySync(token).userId, 'ada')
    await revocations.revokeUser('ada')
    assert.throws(() => verifier.verifySync(token), { code: 'token_revoked' })
  })

  test('is one that the log tells of, whoever has written it', async () => {
    const { log, revocations, options } = withList()
    const token = issuer.issueToken({ sub: 'ada' })
    log.listener.onEntry({ type: 'user', ids: ['bob', 'ada'] }, Date.now())
    assert.equal(await codeOf(token, options), 'token_revoked')
    assert.equal(revocations.status().entries, 2)
    assert.deepEqual(log.appended, [])
  })

  test('is dated by the log, whose clock all processes share', async () => {
    const { log, revocations, options } = withList()
    log.time = Date.now() - 120_000
    await revocations.revokeUser('ada')
    assert.equal(await codeOf(issuer.issueToken({ sub: 'ada' }), options), 'ok')
    assert.equal(await codeOf(issuer.issueToken({ sub: 'ada', iat: now() - 121 }), options), 'token_revoked')
  })

  test('is dated by its entry, where that has a time, but by no time in the future', async () => {
    const { log, options } = withList()
    const tell = (sub, at) => log.listener.onEntry({ type: 'user', ids: [sub], at }, Date.now())
    tell('ada', now() - 60)
    tell('bob', now() + 86_400)
    assert.equal(await codeOf(issuer.issueToken({ sub: 'ada', iat: now() - 30 }), options), 'ok')
    assert.equal(await codeOf(issuer.issueToken({ sub: 'ada', iat: now() - 60 }), options), 'token_revoked')
    assert.equal(await codeOf(issuer.issueToken({ sub: 'bob', iat: now() + 500 }), options), 'token_revoked')
    assert.equal(await codeOf(issuer.issueToken({ sub: 'bob', iat: now() + 700 }), options), 'ok')
  })

  test('stays refused though an earlier revocation comes late, or comes twice', async () => {
    const { log, revocations, options } = withList()
    const token = issuer.issueToken({ sub: 'ada' })
    for (const time of [Date.now(), Date.now() - 60_000, Date.now() - 60_000]) {
      log.listener.onEntry({ type: 'user', ids: ['ada'] }, time)
    }
    assert.equal(await codeOf(token, options), 'token_revoked')
    assert.equal(revocations.status().entries, 1)
  })

  test('is not revoked where the log has not got it, and the caller is told', async () => {
    const { log, revocations, options } = withList()
    log.failure = new Error('the log is away')
    await assert.rejects(revocations.revokeUser('ada'), { message: 'the log is away' })
    await assert.rejects(revocations.apply({ event: 'User.Deleted', data: { id: 'ada' } }), {
      message: 'the log is away',
    })
    assert.equal(await codeOf(issuer.issueToken({ sub: 'ada' }), options), 'ok')
  })

  for (const [index, [name, call, option]] of WRONG.entries()) {
    test(`is named: ${name} refuses a wrong ${option} (${index})`, async () => {
      const { log, revocations } = withList()
      const error = await rejection(call(revocations))
      assert.deepEqual([error.code, error.details.option], ['options_invalid', option])
      assert.deepEqual([log.appended, revocations.status().entries], [[], 0])
    })
  }

  test('is refused though another copy of this package has made the list, as another bundle has one', async () => {
    const path = require.resolve('logto-authkit')
    const loaded = Object.keys(require.cache).filter(
      (file) => file.startsWith(join(__dirname, '../js')) && !/\.node$/.test(file),
    )
    const kept = loaded.map((file) => [file, require.cache[file]])
    for (const file of loaded) delete require.cache[file]
    const copy = require(path)
    for (const [file, module] of kept) require.cache[file] = module
    assert.notEqual(copy.AuthError, AuthError)
    const revocations = copy.createRevocationList()
    const options = { ...issuer.options, revocations }
    const token = issuer.issueToken({ sub: 'of-a-copy' })
    assert.equal((await verifyAuth(token, options)).userId, 'of-a-copy')
    await revocations.revokeUser('of-a-copy')
    const error = await rejection(verifyAuth(token, options))
    assert.ok(error instanceof AuthError)
    assert.deepEqual([error.code, error.status], ['token_revoked', 401])
  })

  test('has a list that createRevocationList made', () => {
    for (const revocations of [undefined, null, {}, true, { refusalOf() {} }]) {
      assert.throws(() => createVerifier({ ...issuer.options, revocations }), /Invalid option revocations/)
    }
    createVerifier({ ...issuer.options, revocations: createRevocationList() })
  })
})

describe('a list of revocations', () => {
  for (const [option, options] of WRONG_OPTIONS) {
    test(`refuses ${option}: ${JSON.stringify(options[option]) ?? options[option]}`, () => {
      assert.throws(() => createRevocationList(options), {
        code: 'options_invalid',
        message: new RegExp(`^Invalid option ${option}: `),
      })
    })
  }

  test('has a memory of its own without a log', async () => {
    const [one, other] = [createRevocationList(), createRevocationList()]
    await one.revokeUser('ada')
    const { entries, ...rest } = one.status()
    assert.deepEqual(rest, { isBehind: false, behindMs: 0, skipped: 0, lastError: null })
    assert.deepEqual([entries, other.status().entries], [1, 0])
  })

  test('forgets an entry once no token can be older', () => {
    const log = new ToldLog()
    const list = createRevocationList({ log, maxTokenLifetime: 3_600 })
    assert.ok(Math.abs(log.listener.since - (Date.now() - 7_200_000)) < 5_000)
    const [margin, ms] = [600, 1_000]
    const tell = (entry, secondsAgo) => log.listener.onEntry(entry, (now() - secondsAgo) * ms)
    tell({ type: 'user', ids: ['old'] }, 3_600 + margin + 5)
    tell({ type: 'user', ids: ['old'], organizationId: 'a' }, 3_600 + margin + 5)
    tell({ type: 'client', ids: ['old'] }, 3_600 + margin + 5)
    tell({ type: 'token', ids: ['old'], exp: now() - margin - 5 }, 0)
    assert.equal(list.status().entries, 0)
    tell({ type: 'user', ids: ['young'] }, 3_600 + margin - 5)
    tell({ type: 'user', ids: ['young'], organizationId: 'a' }, 3_600 + margin - 5)
    tell({ type: 'client', ids: ['young'] }, 3_600 + margin - 5)
    tell({ type: 'token', ids: ['young'], exp: now() - margin + 5 }, 0)
    assert.equal(list.status().entries, 4)
  })

  test('forgets nothing for a clock that is wrong for a moment', async (t) => {
    const list = createRevocationList()
    await list.revokeUser('ada')
    const ahead = Date.now() + 2 * 86_400_000
    t.mock.timers.enable({ apis: ['Date'], now: ahead })
    list.status()
    await list.revokeUser('bob')
    t.mock.timers.reset()
    assert.equal(list.status().entries, 2)
  })

  for (const time of ['1700000000000', undefined, new Date(), 1_700_000_000_000n, Number.NaN]) {
    test(`rejects where the log gives no time: ${typeof time} ${time}`, async () => {
      const log = new ToldLog()
      log.append = async () => time
      const list = createRevocationList({ log })
      await assert.rejects(list.revokeUser('ada'), {
        name: 'TypeError',
        message: 'the log gave no time in milliseconds',
      })
      log.listener.onCaughtUp()
      log.listener.onEntry({ type: 'user', ids: ['ada'] }, time)
      assert.deepEqual([list.status().isBehind, list.status().skipped], [true, 1])
    })
  }

  test('skips and counts what is no entry', () => {
    const log = new ToldLog()
    const list = createRevocationList({ log })
    const NONE = [
      undefined,
      null,
      'user',
      [],
      {},
      { type: 'user' },
      { type: 'user', ids: [] },
      { type: 'user', ids: ['a', 5] },
      { type: 'user', ids: 'a' },
      { type: 'users', ids: ['a'] },
      { type: 'user', ids: ['a'], organizationId: '' },
      { type: 'client', ids: ['a'], organizationId: 'b' },
      { type: 'user', ids: ['a'], at: 'now' },
      { type: 'token', ids: ['a'] },
      { type: 'user', ids: Array(10_001).fill('a') },
      Object.create({ type: 'user', ids: ['a'] }),
    ]
    for (const entry of NONE) log.listener.onEntry(entry, Date.now())
    assert.deepEqual([list.status().entries, list.status().skipped], [0, NONE.length])
  })
})

describe('a log that is away', () => {
  let issuer
  before(async () => {
    issuer = await createTestIssuer()
  })
  after(() => issuer.close())

  const start = (more) => {
    const log = new ToldLog()
    const revocations = createRevocationList({ log, ...more })
    return { log, revocations, options: { ...issuer.options, revocations } }
  }

  test('is told of by the status until all of it is known', () => {
    const { log, revocations } = start()
    assert.equal(revocations.status().isBehind, true, 'nothing has been read yet')
    log.listener.onCaughtUp()
    assert.deepEqual(revocations.status(), { entries: 0, isBehind: false, behindMs: 0, skipped: 0, lastError: null })
    log.listener.onError(new Error('ECONNREFUSED'))
    const { isBehind, behindMs, lastError } = revocations.status()
    assert.deepEqual([isBehind, behindMs >= 1, lastError], [true, true, 'ECONNREFUSED'])
    log.listener.onCaughtUp()
    assert.equal(revocations.status().isBehind, false)
  })

  test('leaves what is known in force, and lets others in, by default', async () => {
    const { log, options } = start({ maxBehindMs: 0 })
    log.listener.onEntry({ type: 'user', ids: ['ada'] }, Date.now())
    log.listener.onError(new Error('away'))
    assert.equal((await rejection(verifyAuth(issuer.issueToken({ sub: 'ada' }), options))).code, 'token_revoked')
    assert.equal((await verifyAuth(issuer.issueToken({ sub: 'bob' }), options)).userId, 'bob')
  })

  test('closes the door where it is told to, and opens it again', async () => {
    const { log, options } = start({ whenBehind: 'refuse', maxBehindMs: 50 })
    log.listener.onCaughtUp()
    const token = issuer.issueToken({ sub: 'bob' })
    assert.equal((await verifyAuth(token, options)).userId, 'bob')
    log.listener.onError(new Error('away'))
    await new Promise((resolve) => setTimeout(resolve, 80))
    const error = await rejection(verifyAuth(token, options))
    assert.deepEqual(
      [error.code, error.status, error.headers],
      ['revocations_unavailable', 503, { 'Retry-After': '1' }],
    )
    assert.deepEqual(error.details, { reason: 'away' })
    assert.equal((await verifyAuth(token, { ...options, allowGuest: true })).isGuest, true)
    log.listener.onCaughtUp()
    assert.equal((await verifyAuth(token, options)).userId, 'bob')
  })

  test('is noticed by a machine that wakes, whose monotonic clock stood still', (t) => {
    const { log, revocations } = start()
    log.listener.onCaughtUp()
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 1_800_000 })
    assert.equal(revocations.status().isBehind, true)
    assert.ok(revocations.status().behindMs >= 1_800_000)
  })

  test('is noticed where it only falls silent', async (t) => {
    const { log, revocations } = start()
    log.listener.onCaughtUp()
    const { now } = performance
    t.after(() => {
      performance.now = now
    })
    performance.now = () => now.call(performance) + 2_900
    assert.equal(revocations.status().isBehind, false)
    performance.now = () => now.call(performance) + 3_100
    assert.equal(revocations.status().isBehind, true)
    assert.ok(revocations.status().behindMs >= 3_100)
  })
})
