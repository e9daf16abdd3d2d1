'use strict'

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { before, after, describe, test } = require('node:test')
const { inspect, promisify } = require('node:util')
const {
  createExpressAuthMiddleware,
  requireRole,
  requireScopes,
  verifyAuth,
  verifyNextAuth,
  withNextAuth,
} = require('logto-authkit')
const { startExpress } = require('./support/express-app')
const { createKey, startTenant } = require('./support/tenant')
const { rejection } = require('./support/rejection')

const FAILED = 'Token verification failed:'
const SIGNATURE = `${FAILED} Signature verification failed`

/** The `error` of a response, by code or else by status. */
const TITLES = {
  token_missing: 'Authentication required',
  401: 'Authentication failed',
  403: 'Access denied',
  503: 'Authentication unavailable',
}

/** Each row provokes one refusal, by a token (undefined: no token) and options that differ from the tenant's. */
const ROWS = [
  { code: 'token_missing', message: 'No token found in cookies or Authorization header', token: () => undefined },
  { code: 'token_malformed', message: `${FAILED} Invalid JWT format`, token: () => 'not-a-token' },
  {
    code: 'token_opaque',
    message: `${FAILED} Invalid JWT format (opaque token: request it with a resource)`,
    token: () => 'PvP8JVpbDBSsOGlyMBBsHyE9VO9XNo1vEPNIQhpMWJz',
  },
  {
    code: 'token_opaque',
    message: `${FAILED} Invalid JWT format (personal access token: exchange it for an access token)`,
    token: () => 'pat_PvP8JVpbDBSsOGlyMBBsHyE9VO9XNo1v',
  },
  {
    code: 'token_opaque',
    message: `${FAILED} Invalid JWT format (subject token: exchange it for an access token)`,
    token: () => 'sub_PvP8JVpbDBSsOGlyMBBsHyE9VO9XNo1v',
  },
  {
    code: 'key_not_found',
    message: `${SIGNATURE} (no such key)`,
    token: (tenant) => tenant.issue({ header: { kid: 'nobody' } }),
  },
  {
    code: 'algorithm_not_allowed',
    message: `${SIGNATURE} (algorithm not allowed)`,
    token: async (tenant) => tenant.issue({ header: { kid: tenant.keys[0].jwk.kid }, key: await createKey('ES256') }),
  },
  {
    code: 'signature_invalid',
    message: SIGNATURE,
    token: async (tenant) => tenant.issue({ header: { kid: tenant.keys[0].jwk.kid }, key: await createKey('ES384') }),
  },
  {
    code: 'token_expired',
    message: `${FAILED} Token has expired`,
    token: (tenant) => tenant.issue({ claims: { exp: 1 } }),
  },
  {
    code: 'token_not_yet_valid',
    message: `${FAILED} Token is not yet valid`,
    token: (tenant) => tenant.issue({ claims: { nbf: 4_000_000_000 } }),
  },
  {
    code: 'issuer_invalid',
    message: `${FAILED} Invalid issuer`,
    token: (tenant) => tenant.issue({ claims: { iss: 'https://evil.example/oidc' } }),
  },
  {
    code: 'audience_invalid',
    message: `${FAILED} Invalid audience`,
    token: (tenant) => tenant.issue({ claims: { aud: ['https://other.example'] } }),
  },
  {
    code: 'claim_invalid',
    message: `${FAILED} Invalid claim: exp`,
    token: (tenant) => tenant.issue({ claims: { exp: undefined } }),
  },
  {
    code: 'scope_missing',
    status: 403,
    message: `${FAILED} Missing required scope: admin:write`,
    token: (tenant) => tenant.issue(),
    options: { requiredScope: 'read:things admin:write' },
  },
  {
    code: 'jwks_unavailable',
    status: 503,
    message: `${FAILED} Unable to fetch signing keys (JWKS)`,
    token: (tenant) => tenant.issue(),
    options: { jwksUri: 'http://127.0.0.1:9/jwks' },
  },
]

describe('every row of the error table', () => {
  let tenant
  before(async () => {
    tenant = await startTenant()
  })
  after(() => tenant.close())

  for (const row of ROWS) {
    const { code, status = 401, message } = row

    test(`${code} through verifyAuth`, async () => {
      const { token, options } = await provoke(row, tenant)
      const error = await rejection(verifyAuth(token ?? { headers: {} }, options))
      assert.deepEqual([error.name, error.code, error.status], ['AuthError', code, status])
      assert.equal(error.message, message)
      assertHeaders(error.headers, row)
      assertKeepsSecrets(`${error.message} ${JSON.stringify(error)}`, tenant, token)
    })

    test(`${code} through Express`, async (t) => {
      const { token, options } = await provoke(row, tenant)
      const app = await startExpress((app) => {
        app.use(createExpressAuthMiddleware(options))
        app.get('/', (_req, res) => res.json('let in'))
      })
      t.after(app.close)
      const response = await app.get('/', token ? { authorization: `Bearer ${token}` } : {})
      await assertResponse(response, row, tenant, token)
      assert.deepEqual(app.errors, [], 'nothing reaches next(err)')
    })

    test(`${code} through verifyNextAuth and withNextAuth`, async () => {
      const { token, options } = await provoke(row, tenant)
      const headers = token ? { authorization: `Bearer ${token}` } : {}
      const request = new Request('https://app.example/', { headers })
      const result = await verifyNextAuth(request, options)
      const { headers: ownHeaders, ...rest } = result
      assert.deepEqual(rest, { success: false, error: message, code, status })
      assertHeaders(ownHeaders, row)

      const guarded = withNextAuth(() => assert.fail('let in'), options)
      await assertResponse(await guarded(request), row, tenant, token)
    })
  }

  const OPAQUE = 'opaque token: request it with a resource'
  const PERSONAL = 'personal access token: exchange it for an access token'
  const SUBJECT = 'subject token: exchange it for an access token'
  const TEXTS = [
    ['the shortest personal access token', `pat_${'a'.repeat(16)}`, ` (${PERSONAL})`],
    ['the longest subject token', `sub_${'a'.repeat(128)}`, ` (${SUBJECT})`],
    ['a subject token of every character', 'sub_AZaz09-_~+/=AZaz', ` (${SUBJECT})`],
    ['a longer text than any subject token', `sub_${'a'.repeat(129)}`, ` (${OPAQUE})`],
    ['a text in which a prefix stands later', `xpat_${'a'.repeat(32)}`, ` (${OPAQUE})`],
    ['a prefix in upper case', `PAT_${'a'.repeat(32)}`, ` (${OPAQUE})`],
    ['a shorter text than any personal access token', `pat_${'a'.repeat(15)}`, ''],
    ['a personal access token and more', `pat_${'a'.repeat(32)}!`, ''],
    ['a personal access token in three parts', `pat_${'a'.repeat(32)}.a.b`, ''],
  ]
  for (const [name, token, advice] of TEXTS) {
    test(`${name}: ${advice.split(':')[0] || 'no advice'}`, async () => {
      const error = await rejection(verifyAuth(token, tenant.options))
      const code = advice === '' ? 'token_malformed' : 'token_opaque'
      assert.deepEqual([error.code, error.message], [code, `${FAILED} Invalid JWT format${advice}`])
    })
  }

  test('options_invalid is thrown wherever there is a caller to throw it to, and never turned into a guest', async () => {
    const options = { logtoUrl: tenant.logtoUrl, audience: '', allowGuest: true }
    const expected = { code: 'options_invalid', status: 500, message: /^Invalid option audience: / }
    assert.throws(() => createExpressAuthMiddleware(options), expected)
    await assert.rejects(verifyAuth('x', options), expected)
    await assert.rejects(verifyNextAuth(new Request('https://app.example/'), options), expected)
  })

  test('withNextAuth answers wrong options with 500, and tells only the operator what is wrong', async (t) => {
    const { mock } = t.mock.method(console, 'error', () => {})
    const options = {
      logtoUrl: tenant.logtoUrl,
      audience: tenant.audience,
      requiredScopes: 'admin:write',
      allowGuest: true,
    }
    const guarded = withNextAuth(() => assert.fail('let in'), options)
    for (let times = 1; times <= 3; times += 1) {
      const response = await guarded(new Request('https://app.example/'))
      assert.equal(response.status, 500)
      assert.equal(response.headers.get('WWW-Authenticate'), null)
      assert.deepEqual(await response.json(), {
        error: 'Authentication unavailable',
        message: 'The server cannot authenticate requests',
        code: 'options_invalid',
      })
    }
    assert.equal(mock.callCount(), 1)
    assert.match(inspect(mock.calls[0].arguments), /Invalid option requiredScopes/)
  })

  test('role_missing is a 403 without a challenge, since RFC 6750 knows no roles', () => {
    const mistake = (error) => {
      assert.deepEqual([error.code, error.status, error.headers], ['role_missing', 403, {}])
      return true
    }
    assert.throws(() => requireRole(null, 'admin'), mistake)
  })

  test('headers can be replaced by those who handle errors, as @koa/cors adds its own', async () => {
    const error = await rejection(verifyAuth('', tenant.options))
    const headers = { ...error.headers, Vary: 'Origin' }
    error.headers = headers
    assert.deepEqual(error.headers, headers)
    assert.equal('WWW-Authenticate' in error.headers, true)
  })

  test('details say what was expected and found, and stay out of the JSON of an error', async () => {
    const token = await tenant.issue({ claims: { iss: 'https://evil.example' } })
    const error = await rejection(verifyAuth(token, tenant.options))
    assert.deepEqual(error.details, { expected: [tenant.issuer], found: 'https://evil.example' })
    const { code, status, message } = error
    assert.deepEqual(JSON.parse(JSON.stringify(error)), { code, status, message })
  })

  test('a caller that changes details changes nothing about the next token', async () => {
    const other = 'https://evil.example'
    for (const [claims, name] of [
      [{ iss: other }, 'issuer_invalid'],
      [{ aud: other }, 'audience_invalid'],
    ]) {
      const token = await tenant.issue({ claims })
      const error = await rejection(verifyAuth(token, tenant.options))
      error.details.expected.push(other)
      await assert.rejects(verifyAuth(token, tenant.options), { code: name })
    }
  })

  test('the JSON of a mistake in the set-up says nothing of the set-up', async () => {
    const error = await rejection(verifyAuth('x', { ...tenant.options, audience: '' }))
    assert.match(error.message, /^Invalid option audience: /)
    const message = 'The server cannot authenticate requests'
    assert.deepEqual(JSON.parse(JSON.stringify(error)), { code: 'options_invalid', status: 500, message })
  })

  test('what a response may say of a refusal is a property of the error, and of no other error', async () => {
    const facts = ({ requiredScope, retryAfterSeconds }) => [requiredScope, retryAfterSeconds]
    const lacking = await rejection(verifyAuth(await tenant.issue(), { ...tenant.options, requiredScope: 'a b' }))
    assert.deepEqual(facts(lacking), ['a b', undefined])
    assert.throws(
      () => requireScopes(null, ['a', 'b']),
      (error) => facts(error)[0] === 'a b',
    )
    const outage = await rejection(
      verifyAuth(await tenant.issue(), { ...tenant.options, jwksUri: 'http://127.0.0.1:9' }),
    )
    assert.equal(outage.requiredScope, undefined)
    assert.ok(Number.isInteger(outage.retryAfterSeconds) && outage.retryAfterSeconds >= 1)
    assert.deepEqual(facts(await rejection(verifyAuth('noise', tenant.options))), [undefined, undefined])
  })

  test('details are a fresh object each time', async () => {
    const malformed = async () => (await rejection(verifyAuth('noise', tenant.options))).details
    const details = await malformed()
    details.reason = 'changed'
    assert.deepEqual(await malformed(), { reason: 'not three parts' })
  })

  test('a refusal has no stack trace, and a mistake in the setup has one', async () => {
    const { stackTraceLimit } = Error
    const refusal = await rejection(verifyAuth('noise', tenant.options))
    // Bun has no stack at all then.
    assert.equal(refusal.stack ?? `${refusal}`, `AuthError: ${FAILED} Invalid JWT format`)
    const mistake = await rejection(verifyAuth('noise', { ...tenant.options, audience: '' }))
    assert.match(mistake.stack, /errors\.test\.js/)
    assert.equal(Error.stackTraceLimit, stackTraceLimit)
  })

  test('a refusal is made even if Error is frozen', async () => {
    const script = `
      Object.freeze(Error)
      require('logto-authkit').verifyAuth('noise', ${JSON.stringify(tenant.options)}).catch(({ code }) => console.log(code))`
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { cwd: __dirname })
    assert.equal(stdout, 'token_malformed\n')
  })
})

async function provoke(row, tenant) {
  return { token: await row.token(tenant), options: { ...tenant.options, ...row.options } }
}

async function assertResponse(response, row, tenant, token) {
  const { code, status = 401, message } = row
  assert.equal(response.status, status)
  const body = await response.json()
  assert.deepEqual(body, { error: TITLES[code] ?? TITLES[status], message, code })
  assertKeepsSecrets(JSON.stringify([body, [...response.headers]]), tenant, token)
  assertHeaders(
    Object.fromEntries(
      ['WWW-Authenticate', 'Retry-After'].flatMap((name) => {
        return response.headers.has(name) ? [[name, response.headers.get(name)]] : []
      }),
    ),
    row,
  )
}

/** Asserts that the headers of a refusal are exactly those that its status asks for. */
function assertHeaders(headers, { code, status = 401, message }) {
  const { 'Retry-After': retryAfter, ...others } = headers
  if (status === 503) assert.match(retryAfter, /^[1-9]\d*$/)
  else assert.equal(retryAfter, undefined)
  const described = `error_description="${message}"`
  const challenges = {
    token_missing: 'Bearer',
    scope_missing: `Bearer error="insufficient_scope", ${described}, scope="read:things admin:write"`,
    jwks_unavailable: undefined,
  }
  const challenge = Object.hasOwn(challenges, code) ? challenges[code] : `Bearer error="invalid_token", ${described}`
  assert.deepEqual(others, challenge === undefined ? {} : { 'WWW-Authenticate': challenge })
}

/** Asserts that a text has none of the secrets: the token, the configured issuer, audience and key URL. */
function assertKeepsSecrets(text, tenant, token) {
  for (const secret of [tenant.logtoUrl, tenant.audience, '127.0.0.1:9', token].filter(Boolean)) {
    assert.equal(text.includes(secret), false, `${secret} leaks: ${text}`)
  }
}
