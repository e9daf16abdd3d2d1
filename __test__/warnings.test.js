'use strict'

const assert = require('node:assert/strict')
const { before, after, describe, test } = require('node:test')
const { createVerifier, invalidateJwksCache, verifyAuth } = require('logto-authkit')
const { runNode } = require('./support/child')
const { rejection } = require('./support/rejection')
const { startTenant } = require('./support/tenant')
const { warningsOf } = require('./support/warnings')

const KEYS = 'LOGTO_AUTHKIT_KEYS_UNAVAILABLE'
const ID_TOKEN = 'LOGTO_AUTHKIT_ID_TOKEN'

/** The conditions under which this file runs, for processes of its own. */
const CONDITIONS = process.execArgv.filter((arg) => arg.startsWith('--conditions'))

describe('a warning of keys that cannot be fetched', () => {
  const startFailing = async (t) => {
    const tenant = await startTenant()
    t.after(() => tenant.close())
    tenant.answer = (_req, res) => res.writeHead(404).end()
    return tenant
  }

  test('names the URL, the reason and the doctor, and comes once for each URL', async (t) => {
    const warnings = warningsOf(t)
    const tenants = [await startFailing(t), await startFailing(t)]
    for (const tenant of tenants) {
      for (let times = 0; times < 3; times += 1) {
        const token = await tenant.issue()
        assert.equal((await rejection(verifyAuth(token, tenant.options))).code, 'jwks_unavailable')
        invalidateJwksCache(tenant.logtoUrl)
      }
      assert.equal(tenant.fetches, 3)
    }
    const messages = (await warnings.of(KEYS)).map(({ message }) => message)
    assert.equal(messages.length, 2)
    for (const [index, { logtoUrl }] of tenants.entries()) {
      assert.ok(messages[index].includes(`${logtoUrl}/oidc/jwks: status 404`), messages[index])
      assert.match(messages[index], /npx logto-authkit doctor/)
    }
  })

  test('comes for prefetch, too', async (t) => {
    const warnings = warningsOf(t)
    await rejection(createVerifier((await startFailing(t)).options).prefetch())
    assert.equal((await warnings.of(KEYS)).length, 1)
  })

  test('comes with skipJwksCache, too', async (t) => {
    const warnings = warningsOf(t)
    const [first, second] = [await startFailing(t), await startFailing(t)]
    for (let times = 0; times < 2; times += 1) {
      const token = await first.issue()
      await rejection(verifyAuth(token, { ...first.options, skipJwksCache: true }))
      await rejection(createVerifier({ ...second.options, skipJwksCache: true }).prefetch())
    }
    assert.equal((await warnings.of(KEYS)).length, 2)
  })

  test('comes while old keys serve, too', async (t) => {
    const warnings = warningsOf(t)
    const tenant = await startTenant()
    t.after(() => tenant.close())
    const options = { ...tenant.options, jwksCacheTtlMs: 1 }
    await createVerifier(options).prefetch()
    tenant.answer = (_req, res) => res.writeHead(500).end()
    assert.equal((await verifyAuth(await tenant.issue(), options)).userId, 'user-1')
    assert.equal((await warnings.of(KEYS)).length, 1)
  })

  test('does not come where keys are fetched', async (t) => {
    const warnings = warningsOf(t)
    const tenant = await startTenant()
    t.after(() => tenant.close())
    await verifyAuth(await tenant.issue(), tenant.options)
    await rejection(verifyAuth(await tenant.issue({ header: { kid: 'unknown' } }), tenant.options))
    assert.deepEqual(await warnings.of(KEYS), [])
  })

  for (const [what, change] of Object.entries({
    'has no emitWarning': 'delete process.emitWarning',
    'has one that throws': 'process.emitWarning = () => { throw new Error("not supported") }',
  })) {
    test(`goes to console.warn where the platform ${what}`, async (t) => {
      const { options } = await startFailing(t)
      const script = `
        ${change}
        const { createVerifier } = require('logto-authkit')
        const { prefetch } = createVerifier(${JSON.stringify(options)})
        prefetch().catch(() => prefetch()).catch(() => setTimeout(() => {}, 100))`
      const { stderr } = await runNode([...CONDITIONS, '-e', script])
      assert.equal(stderr.split(`[${KEYS}]`).length, 2, stderr)
    })
  }

  test('keeps no process alive', async (t) => {
    const { options } = await startFailing(t)
    const script = `require('logto-authkit').createVerifier(${JSON.stringify(options)}).prefetch().catch(() => {})`
    await runNode([...CONDITIONS, '-e', script])
  })
})

describe('a warning of an accepted token that looks like an ID token', () => {
  let tenant
  before(async () => {
    tenant = await startTenant({ audience: 'a-client-id' })
  })
  after(() => tenant.close())

  const issueIdToken = ({ claims, header } = {}) => {
    return tenant.issue({ claims: { client_id: undefined, ...claims }, header: { typ: undefined, ...header } })
  }

  test('comes once, for a request as for a token, and holds no token', async (t) => {
    const warnings = warningsOf(t)
    const token = await issueIdToken()
    const verifier = createVerifier(tenant.options)
    for (const tokenOrRequest of [{ headers: { authorization: `Bearer ${token}` } }, token, await issueIdToken()]) {
      assert.equal((await verifier.verify(tokenOrRequest)).userId, 'user-1')
      assert.equal((await verifyAuth(tokenOrRequest, { ...tenant.options })).userId, 'user-1')
    }
    const [warning, ...more] = await warnings.of(ID_TOKEN)
    assert.deepEqual(more, [])
    assert.match(warning.message, /ID token/)
    for (const part of token.split('.')) assert.ok(!warning.message.includes(part))
  })

  const OTHERS = {
    'has the typ at+jwt': { header: { typ: 'at+jwt' } },
    'has the typ application/at+jwt': { header: { typ: 'application/AT+JWT' } },
    'has a client_id': { claims: { client_id: 'app-1' } },
    'is for a resource, too': { claims: { aud: ['a-client-id', 'https://api.example.com'] } },
  }
  for (const [what, changes] of Object.entries(OTHERS)) {
    test(`does not come for a token that ${what}`, async (t) => {
      const warnings = warningsOf(t)
      // An issuer of its own: a warning about this tenant may have come before.
      const issuer = `https://${what.replace(/\W+/g, '-')}.example`
      const token = await issueIdToken({ ...changes, claims: { ...changes.claims, iss: issuer } })
      const options = { ...tenant.options, jwksUri: `${tenant.logtoUrl}/${what.length}/jwks`, issuer }
      assert.equal((await verifyAuth(token, options)).userId, 'user-1')
      assert.deepEqual(await warnings.of(ID_TOKEN), [])
    })
  }

  test('does not come for a verifier whose audience is a URI', async (t) => {
    const warnings = warningsOf(t)
    for (const aud of ['https://api.example.com', 'urn:logto:organization:o1']) {
      const token = await issueIdToken({ claims: { aud } })
      await verifyAuth(token, { ...tenant.options, audience: aud })
    }
    assert.deepEqual(await warnings.of(ID_TOKEN), [])
  })
})
