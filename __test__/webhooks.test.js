'use strict'

// What Logto's webhooks and logout tokens revoke, and what comes in their place.

const assert = require('node:assert/strict')
const { createHmac } = require('node:crypto')
const { once } = require('node:events')
const http = require('node:http')
const { after, before, describe, test } = require('node:test')
const express = require('express')
const {
  createExpressLogoutHandler,
  createExpressWebhookHandler,
  createLogoutHandler,
  createRevocationList,
  createWebhookHandler,
  verifyAuth,
  verifyLogoutToken,
  verifyWebhook,
} = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')
const { startExpress } = require('./support/express-app')
const { rejection } = require('./support/rejection')
const { warningsOf } = require('./support/warnings')

const isEdge = process.execArgv.includes('--conditions=edge-light')
const KEY = 'a signing key of a hook'
const CREATED_AT = '2026-11-01T12:00:00.500Z'
const CREATED = Date.parse('2026-11-01T12:00:00Z') / 1_000
const MANY = Array.from({ length: 20_001 }, (_, index) => `user-${index}`)
const DELETED = { event: 'User.Deleted', createdAt: CREATED_AT, data: { id: 'ada' } }

const sign = (body, key = KEY) => createHmac('sha256', key).update(body).digest('hex')

/** A log that keeps what is appended. */
function keepingLog() {
  const entries = []
  const log = {
    entries,
    async append(entry) {
      if (log.failure !== undefined) throw log.failure
      entries.push(JSON.parse(JSON.stringify(entry)))
      return Date.now()
    },
    follow() {},
  }
  return log
}

/** Events, as Logto sends them: [the event, the entries of the log]. */
const EVENTS = {
  'a user who is suspended': [
    { event: 'User.SuspensionStatus.Updated', createdAt: CREATED_AT, data: { id: 'ada', isSuspended: true } },
    [{ type: 'user', ids: ['ada'], at: CREATED }],
  ],
  'a user whose suspension is lifted': [
    { event: 'User.SuspensionStatus.Updated', createdAt: CREATED_AT, data: { id: 'ada', isSuspended: false } },
    [],
  ],
  'a user who is deleted': [DELETED, [{ type: 'user', ids: ['ada'], at: CREATED }]],
  'a user whose data changed, perhaps the password': [
    { event: 'User.Data.Updated', createdAt: CREATED_AT, data: { id: 'ada' } },
    [{ type: 'user', ids: ['ada'], at: CREATED }],
  ],
  'a user whose custom data changed, which is all that the event carries': [
    { event: 'User.Data.Updated', createdAt: CREATED_AT, params: { userId: 'ada' }, data: { plan: 'free' } },
    [{ type: 'user', ids: ['ada'], at: CREATED }],
  ],
  'a user whose custom data has an id of its own': [
    { event: 'User.Data.Updated', createdAt: CREATED_AT, params: { userId: 'ada' }, data: { id: 'bob' } },
    [{ type: 'user', ids: ['ada'], at: CREATED }],
  ],
  'a user whose profile changed': [
    { event: 'User.Data.Updated', createdAt: CREATED_AT, params: { userId: 'ada' }, data: { nickname: 'A' } },
    [{ type: 'user', ids: ['ada'], at: CREATED }],
  ],
  'a user whose id in the path is none': [
    { event: 'User.Data.Updated', createdAt: CREATED_AT, params: { userId: 5 }, data: { id: 'ada' } },
    [{ type: 'user', ids: ['ada'], at: CREATED }],
  ],
  'a password that was reset': [
    { event: 'PostResetPassword', createdAt: CREATED_AT, userId: 'ada' },
    [{ type: 'user', ids: ['ada'], at: CREATED }],
  ],
  'a password that was reset, of a user with members': [
    { event: 'PostResetPassword', createdAt: CREATED_AT, user: { id: 'ada' } },
    [{ type: 'user', ids: ['ada'], at: CREATED }],
  ],
  'users who were removed from an organization': [
    {
      event: 'Organization.Membership.Updated',
      createdAt: CREATED_AT,
      organizationId: 'org-1',
      removedUserIds: ['ada', 'bob'],
    },
    [{ type: 'user', ids: ['ada', 'bob'], organizationId: 'org-1', at: CREATED }],
  ],
  'a user who was removed from an organization, of a Logto that lists nobody': [
    {
      event: 'Organization.Membership.Updated',
      createdAt: CREATED_AT,
      organizationId: 'org-1',
      method: 'DELETE',
      params: { id: 'org-1', userId: 'ada' },
    },
    [{ type: 'user', ids: ['ada'], organizationId: 'org-1', at: CREATED }],
  ],
  'a user whose membership changed, of a Logto that lists nobody': [
    {
      event: 'Organization.Membership.Updated',
      createdAt: CREATED_AT,
      organizationId: 'org-1',
      method: 'PUT',
      params: { id: 'org-1', userId: 'ada' },
    },
    [],
  ],
  'an application that was removed from an organization': [
    {
      event: 'Organization.Membership.Updated',
      createdAt: CREATED_AT,
      organizationId: 'org-1',
      method: 'DELETE',
      params: { id: 'org-1', applicationId: 'app-1' },
    },
    [],
  ],
  'more removed users than one entry holds': [
    {
      event: 'Organization.Membership.Updated',
      createdAt: CREATED_AT,
      organizationId: 'org-1',
      removedUserIds: MANY,
    },
    [MANY.slice(0, 10_000), MANY.slice(10_000, 20_000), MANY.slice(20_000)].map((ids) => ({
      type: 'user',
      ids,
      organizationId: 'org-1',
      at: CREATED,
    })),
  ],
  'users who were added to an organization': [
    { event: 'Organization.Membership.Updated', createdAt: CREATED_AT, organizationId: 'org-1', addedUserIds: ['ada'] },
    [],
  ],
  'a deleted user, without a time': [{ event: 'User.Deleted', data: { id: 'ada' } }, [{ type: 'user', ids: ['ada'] }]],
  'a deleted user, at no time that there is': [
    { event: 'User.Deleted', createdAt: 'soon', data: { id: 'ada' } },
    [{ type: 'user', ids: ['ada'] }],
  ],
  'a deleted user, before 1970': [
    { event: 'User.Deleted', createdAt: '1969-12-31T23:59:59.000Z', data: { id: 'ada' } },
    [{ type: 'user', ids: ['ada'] }],
  ],
  'a deleted user without an id': [{ event: 'User.Deleted', createdAt: CREATED_AT, data: {} }, []],
  'an event of something else': [{ event: 'Role.Created', createdAt: CREATED_AT, data: { id: 'ada' } }, []],
  'an event that every object has': [{ event: 'constructor', data: { id: 'ada' } }, []],
}

describe('a webhook', () => {
  const body = JSON.stringify(DELETED)

  for (const [name, [event, expected]] of Object.entries(EVENTS)) {
    test(`of ${name}: ${expected.length === 0 ? 'revokes nothing' : 'revokes'}`, async () => {
      const log = keepingLog()
      const text = JSON.stringify(event)
      const revocations = createRevocationList({ log })
      assert.equal(await revocations.apply(event), expected.length > 0)
      assert.deepEqual(log.entries, expected)
      const post = createWebhookHandler({ signingKey: KEY, revocations })
      const response = await post(requestOf(text, sign(text)))
      assert.equal(response.status, 204)
      assert.deepEqual(log.entries, [...expected, ...expected])
    })
  }

  test('that was stored with a time before 1970 counts from when it was stored', () => {
    let listener
    const log = { append() {}, follow: (given) => (listener = given) }
    const revocations = createRevocationList({ log })
    listener.onEntry({ type: 'user', ids: ['ada'], at: -1 }, Date.now())
    const { entries, skipped } = revocations.status()
    assert.deepEqual([entries, skipped], [1, 0])
  })

  const REFUSED = {
    'without a signature': [body, undefined],
    'with an empty signature': [body, ''],
    'with the signature of another key': [body, sign(body, 'another')],
    'with the signature of no key': [body, sign(body, '')],
    'with the signature of another body': [body, sign('{}')],
    'with a signature in capitals': [body, sign(body).toUpperCase()],
    'with a signature in base64': [body, createHmac('sha256', KEY).update(body).digest('base64')],
    'with a signature that is too long': [body, `${sign(body)}00`],
    'with a signature that is too short': [body, sign(body).slice(2)],
    'with a signature before another': [body, `${sign(body)}, ${sign('{}')}`],
    'with SHA-256 of the body alone': [body, require('node:crypto').createHash('sha256').update(body).digest('hex')],
    'whose body is no JSON': ['{', sign('{')],
    'whose body is no event': ['{}', sign('{}')],
    'whose body is a list': ['[]', sign('[]')],
    'whose body is no UTF-8': [Buffer.from([0x22, 0xff, 0x22]), sign(Buffer.from([0x22, 0xff, 0x22]))],
    'whose body is empty': ['', sign('')],
  }
  for (const [name, [text, signature]] of Object.entries(REFUSED)) {
    test(`${name} is refused, and revokes nothing`, async () => {
      const log = keepingLog()
      const revocations = createRevocationList({ log })
      const response = await createWebhookHandler({ signingKey: KEY, revocations })(requestOf(text, signature))
      assert.equal(response.status, 401)
      assert.deepEqual(await response.json(), {
        error: 'Authentication failed',
        message: 'Webhook signature verification failed',
        code: 'webhook_invalid',
      })
      assert.deepEqual(log.entries, [])
      if (isEdge) return
      assert.throws(() => verifyWebhook(text, signature, KEY), { code: 'webhook_invalid', status: 401 })
    })
  }

  test('is given as the event that its bytes or its text are', { skip: isEdge && 'only asynchronously' }, () => {
    for (const raw of [body, Buffer.from(body), new Uint8Array(Buffer.from(body))]) {
      assert.deepEqual(verifyWebhook(raw, sign(body), KEY), DELETED)
    }
    assert.deepEqual(verifyWebhook(body, sign(body), ['another', KEY]), DELETED)
    for (const parsed of [DELETED, undefined, null, 5]) {
      assert.throws(() => verifyWebhook(parsed, sign(body), KEY), /Invalid option rawBody: neither bytes nor text/)
    }
    for (const key of [undefined, '', [], [KEY, ''], 5]) {
      assert.throws(() => verifyWebhook(body, sign(body), key), /Invalid option signingKey/)
    }
  })

  test('is not verified at once in Edge runtimes, and says so', { skip: !isEdge && 'of Edge alone' }, () => {
    assert.throws(() => verifyWebhook(body, sign(body), KEY), { code: 'options_invalid' })
    assert.throws(() => verifyWebhook(body, sign('{}'), KEY), { code: 'options_invalid' })
  })

  test('is accepted under each of several keys, while one replaces the other', async () => {
    const post = createWebhookHandler({ signingKey: ['new', KEY], revocations: createRevocationList() })
    for (const key of ['new', KEY]) assert.equal((await post(requestOf(body, sign(body, key)))).status, 204)
    assert.equal((await post(requestOf(body, sign(body, 'old')))).status, 401)
  })

  test('is refused past maxAgeMs, or without a time, where there is a maxAgeMs', async () => {
    const post = createWebhookHandler({ signingKey: KEY, revocations: createRevocationList(), maxAgeMs: 60_000 })
    const statusOf = async (createdAt) => {
      const text = JSON.stringify({ ...DELETED, createdAt })
      return (await post(requestOf(text, sign(text)))).status
    }
    assert.equal(await statusOf(new Date(Date.now() - 50_000).toISOString()), 204)
    assert.equal(await statusOf(new Date(Date.now() - 70_000).toISOString()), 401)
    for (const none of [undefined, null, 'soon', {}]) assert.equal(await statusOf(none), 401)
  })

  test('gets 503 where the log has not got it; the operator is told what to do, as nobody may send it again', async (t) => {
    const warnings = warningsOf(t)
    const log = keepingLog()
    log.failure = new Error('the log is away')
    const post = createWebhookHandler({ signingKey: KEY, revocations: createRevocationList({ log }) })
    for (let times = 0; times < 3; times += 1) {
      const response = await post(requestOf(body, sign(body)))
      assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '1'])
      assert.deepEqual(await response.json(), { error: 'Not stored' })
    }
    const [warning, ...more] = await warnings.of('LOGTO_AUTHKIT_REVOCATION_NOT_STORED')
    assert.deepEqual(more, [])
    assert.match(warning.message, /the log is away\..* may not send it again: .*revokeUser/)
  })

  test('is a POST of at most a megabyte', async () => {
    const post = createWebhookHandler({ signingKey: KEY, revocations: createRevocationList() })
    const get = await post(new Request('https://app.example/hook'))
    assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST'])
    const large = ' '.repeat(1024 * 1024 + 1)
    assert.equal((await post(requestOf(large, sign(large)))).status, 413)
    const fitting = body.padEnd(1024 * 1024)
    assert.equal((await post(requestOf(fitting, sign(fitting)))).status, 204)
  })

  test('reaches an Express app as it came, and says where another parser was first', async (t) => {
    t.mock.method(console, 'error', () => {})
    const log = keepingLog()
    const hook = createExpressWebhookHandler({ signingKey: KEY, revocations: createRevocationList({ log }) })
    const app = await startExpress((app) => {
      app.post('/first', hook)
      app.post('/raw', express.raw({ type: '*/*' }), hook)
      app.post('/text', express.text({ type: '*/*' }), hook)
      app.post('/parsed', express.json(), hook)
    })
    t.after(app.close)
    const post = (path, signature) =>
      fetch(app.url + path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'logto-signature-sha-256': signature },
      })
    for (const path of ['/first', '/raw', '/text']) {
      assert.equal((await post(path, sign(body))).status, 204, path)
      assert.equal((await post(path, sign('{}'))).status, 401, path)
    }
    assert.equal(log.entries.length, 3)
    const parsed = await post('/parsed', sign(body))
    assert.deepEqual([parsed.status, (await parsed.json()).code], [500, 'options_invalid'])
    assert.match(String(console.error.mock.calls[0].arguments[1]), /mount this route before express\.json/)
  })

  for (const version of ['express', 'express-4']) {
    test(`that the app has answered before its end is stored, and the answer stays, on ${version}`, async (t) => {
      const log = keepingLog()
      const hook = createExpressWebhookHandler({ signingKey: KEY, revocations: createRevocationList({ log }) })
      let outcome
      const app = await startExpress((app) => {
        app.post('/hook', (req, res, next) => {
          outcome = hook(req, res, next)
          // As middleware against slow requests does.
          res.status(503).end('too slow')
        })
      }, require(version))
      t.after(app.close)
      const headers = { 'content-length': body.length, 'logto-signature-sha-256': sign(body) }
      const request = http.request(`${app.url}/hook`, { method: 'POST', headers })
      request.write(body.slice(0, 1))
      const [response] = await once(request, 'response')
      assert.equal(response.statusCode, 503)
      request.end(body.slice(1))
      await outcome
      assert.equal(log.entries.length, 1)
      assert.deepEqual(app.errors, [])
    })
  }

  test('whose body breaks off answers 400, and tells the operator of nothing', async (t) => {
    const warnings = warningsOf(t)
    const handle = createWebhookHandler({ signingKey: KEY, revocations: createRevocationList() })
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) })
    const request = new Request('https://app.example/hook', { method: 'POST', body, duplex: 'half' })
    assert.equal((await handle(request)).status, 400)
    assert.deepEqual(await warnings.of('LOGTO_AUTHKIT_REVOCATION_NOT_STORED'), [])
  })

  test('whose answer cannot be written tells the app, and rejects only where there is no next', async () => {
    const bug = new Error('a bug')
    const res = {
      setHeader() {
        throw bug
      },
    }
    const options = { logtoUrl: 'https://tenant.example', clientId: 'app-1', revocations: createRevocationList() }
    for (const handle of [
      createExpressWebhookHandler({ signingKey: KEY, revocations: options.revocations }),
      createExpressLogoutHandler(options),
    ]) {
      const heard = []
      await handle({ method: 'GET' }, res, (error) => heard.push(error))
      assert.deepEqual(heard, [bug])
      await assert.rejects(handle({ method: 'GET' }, res), bug)
    }
  })

  test('has a route only with a key and a list', () => {
    const revocations = createRevocationList()
    const WRONG = [
      ['signingKey', { revocations }],
      ['signingKey', { revocations, signingKey: '' }],
      ['signingKey', { revocations, signingKey: [] }],
      ['revocations', { signingKey: KEY }],
      ['revocations', { signingKey: KEY, revocations: {} }],
      ['maxAgeMs', { signingKey: KEY, revocations, maxAgeMs: 0 }],
      ['maxAge', { signingKey: KEY, revocations, maxAge: 5 }],
    ]
    for (const create of [createWebhookHandler, createExpressWebhookHandler]) {
      for (const [option, options] of WRONG) {
        assert.throws(() => create(options), {
          code: 'options_invalid',
          message: new RegExp(`^Invalid option ${option}: `),
        })
      }
    }
  })
})

describe('a logout token', () => {
  const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
  let issuer
  let options
  before(async () => {
    issuer = await createTestIssuer()
    options = { logtoUrl: issuer.logtoUrl, clientId: 'app-1' }
  })
  after(() => issuer.close())

  /** As Logto makes them. */
  const issue = (changes) =>
    issuer.issueToken({
      sub: 'ada',
      audience: 'app-1',
      client_id: undefined,
      scope: undefined,
      expiresIn: 120,
      events: { [EVENT]: {} },
      header: { typ: 'logout+jwt' },
      ...changes,
    })

  test('gives the user, the time and the session, without a word of ID tokens', async (t) => {
    const warnings = warningsOf(t)
    const { sub, iat, ...none } = await verifyLogoutToken(issue(), options)
    assert.deepEqual([sub, none], ['ada', {}])
    assert.ok(Math.abs(iat - Date.now() / 1_000) < 5)
    assert.equal((await verifyLogoutToken(issue({ sid: 's-1' }), options)).sid, 's-1')
    assert.deepEqual(await warnings.of('LOGTO_AUTHKIT_ID_TOKEN'), [])
  })

  const REFUSED = {
    'is an access token': [() => ({ header: {}, events: undefined }), 'claim_invalid'],
    'is an ID token': [() => ({ header: { typ: undefined }, events: undefined }), 'claim_invalid'],
    'has the type of a JWT alone': [() => ({ header: { typ: 'JWT' } }), 'claim_invalid'],
    'has no events': [() => ({ events: undefined }), 'claim_invalid'],
    'has other events': [() => ({ events: { other: {} } }), 'claim_invalid'],
    'has an event that is no object': [() => ({ events: { [EVENT]: true } }), 'claim_invalid'],
    'has a list of events': [() => ({ events: [EVENT] }), 'claim_invalid'],
    'has a nonce': [() => ({ nonce: 'n' }), 'claim_invalid'],
    'has a nonce of null': [() => ({ nonce: null }), 'claim_invalid'],
    'has no time': [() => ({ iat: undefined }), 'claim_invalid'],
    'has no id': [() => ({ jti: undefined }), 'claim_invalid'],
    'has no subject': [() => ({ sub: undefined }), 'claim_invalid'],
    'has a session of another type': [() => ({ sid: 5 }), 'claim_invalid'],
    'is for another client': [() => ({ audience: 'app-2' }), 'audience_invalid'],
    'is of another tenant': [() => ({ iss: 'https://other.example/oidc' }), 'issuer_invalid'],
    'has expired': [() => ({ expiresIn: -5 }), 'token_expired'],
  }
  for (const [name, [changes, code]] of Object.entries(REFUSED)) {
    test(`that ${name} is refused, and revokes nothing`, async () => {
      const token = issue(changes())
      assert.equal((await rejection(verifyLogoutToken(token, options))).code, code)
      const revocations = createRevocationList()
      const response = await createLogoutHandler({ ...options, revocations })(logoutRequest(token))
      assert.deepEqual([response.status, (await response.json()).code], [401, code])
      assert.equal(revocations.status().entries, 0)
    })
  }

  test('that is none is refused', async () => {
    for (const token of [undefined, '', 5, {}]) {
      assert.equal((await rejection(verifyLogoutToken(token, options))).code, 'token_missing')
    }
    for (const [option, wrong] of [
      ['clientId', { logtoUrl: issuer.logtoUrl }],
      ['clientId', { ...options, clientId: [] }],
      ['logtoUrl', { clientId: 'a' }],
      ['audience', { ...options, audience: 'a' }],
    ]) {
      assert.equal((await rejection(verifyLogoutToken('x', wrong))).details.option, option)
      const revocations = createRevocationList()
      assert.throws(() => createLogoutHandler({ ...wrong, revocations }), { code: 'options_invalid' })
    }
    assert.throws(() => createLogoutHandler(options), /Invalid option revocations/)
  })

  test('ends the tokens that the user had when signing out', async (t) => {
    const revocations = createRevocationList()
    const token = issuer.issueToken({ sub: 'ada' })
    const all = { ...issuer.options, revocations }
    assert.equal((await verifyAuth(token, all)).userId, 'ada')
    const app = await startExpress((app) => {
      app.post('/logout', createExpressLogoutHandler({ ...options, revocations }))
    })
    t.after(app.close)
    const response = await fetch(`${app.url}/logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: issue() }),
    })
    assert.deepEqual([response.status, response.headers.get('cache-control')], [204, 'no-store'])
    assert.equal((await rejection(verifyAuth(token, all))).code, 'token_revoked')
    assert.equal((await verifyAuth(issuer.issueToken({ sub: 'bob' }), all)).userId, 'bob')
  })

  test('gets 503 where the keys are away', async (t) => {
    const away = await createTestIssuer()
    t.after(away.close)
    await away.goDown()
    const post = createLogoutHandler({ ...options, logtoUrl: away.logtoUrl, revocations: createRevocationList() })
    const response = await post(logoutRequest(issue()))
    assert.equal(response.status, 503)
    assert.ok(Number(response.headers.get('retry-after')) >= 1)
  })

  function logoutRequest(token) {
    return new Request('https://app.example/logout', {
      method: 'POST',
      body: new URLSearchParams({ logout_token: token }),
    })
  }
})

/** A webhook of Logto's. */
function requestOf(body, signature) {
  const headers = { 'content-type': 'application/json' }
  if (signature !== undefined) headers['logto-signature-sha-256'] = signature
  return new Request('https://app.example/hook', { method: 'POST', body, headers })
}
