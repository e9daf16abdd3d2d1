'use strict'

// verifySync asks the same of a good token as verify does, and never waits. Edge runtimes have no verifySync.

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const { setTimeout: sleep } = require('node:timers/promises')
const { createVerifier } = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')

/** [what is asked for, the options, the claims, the code of the refusal or 'ok']. */
const ROWS = [
  ['nothing', {}, {}, 'ok'],
  ['a client', { clientId: 'app-1' }, {}, 'ok'],
  ['another client', { clientId: 'app-2' }, {}, 'client_invalid'],
  ['a user', { subjectType: 'user' }, {}, 'ok'],
  ['a machine, of a user', { subjectType: 'client' }, {}, 'subject_type_invalid'],
  ['no actor', { allowActor: false }, {}, 'ok'],
  ['no actor, of a token with one', { allowActor: false }, { act: { sub: 'support-1' } }, 'actor_invalid'],
  ['an organization', { organization: 'a' }, { organization_id: 'a' }, 'ok'],
  ['another organization', { organization: 'b' }, { organization_id: 'a' }, 'organization_invalid'],
  ['the organization that a function says', { organization: () => 'a' }, { organization_id: 'a' }, 'ok'],
  ['another that a function says', { organization: () => 'b' }, { organization_id: 'a' }, 'organization_invalid'],
  ['a check', { check: () => true }, {}, 'ok'],
  ['a check that says no', { check: () => false }, {}, 'check_failed'],
  ['a check that gives what is true alone', { check: () => 1 }, {}, 'check_failed'],
  ['a scope that is missing', { requiredScope: 'a' }, {}, 'scope_missing'],
]

describe('verifySync', () => {
  let issuer
  before(async () => {
    issuer = await createTestIssuer()
  })
  after(() => issuer.close())

  /** A verifier that has its keys. */
  async function verifierFor(options) {
    const verifier = createVerifier({ ...issuer.options, ...options })
    await verifier.prefetch()
    return verifier
  }

  for (const [name, options, claims, expected] of ROWS) {
    test(`asks for ${name}: ${expected}`, async () => {
      const told = []
      const onError = (...args) => told.push(args)
      const verifier = await verifierFor({ ...options, onError, allowGuest: true })
      const token = issuer.issueToken(claims)
      if (expected === 'ok') {
        assert.deepEqual(verifier.verifySync(token), await verifier.verify(token))
        assert.deepEqual(told, [])
        return
      }
      // Where guests are allowed, verify would give one.
      assert.throws(
        () => verifier.verifySync(token),
        (error) => {
          assert.equal(error.code, expected)
          assert.deepEqual(told, [[error]], 'onError is told once, and gets no token')
          return true
        },
      )
    })
  }

  test('waits for nothing where the keys are given', async () => {
    const { logtoUrl, audience } = issuer.options
    const { keys } = await (await fetch(`${logtoUrl}/oidc/jwks`)).json()
    for (const given of [{ jwks: { keys } }, { initialJwks: { keys, fetchedAt: Date.now() } }]) {
      const jwksUri = given.jwks ? undefined : `${logtoUrl}/oidc/jwks?given`
      const verifier = createVerifier({ logtoUrl, audience, jwksUri, ...given })
      assert.equal(verifier.verifySync(issuer.issueToken()).userId, 'user-1')
    }
  })

  test('finds no token in what is no string', async () => {
    const verifier = await verifierFor({})
    for (const token of [undefined, null, '', 5, {}, [issuer.issueToken()], { headers: {} }]) {
      assert.throws(() => verifier.verifySync(token), { code: 'token_missing', status: 401 })
    }
  })

  test('takes the organization of one call in place of the option', async () => {
    const verifier = await verifierFor({ organization: 'a' })
    const token = issuer.issueToken({ organization_id: 'b' })
    assert.throws(() => verifier.verifySync(token), { code: 'organization_invalid' })
    assert.equal(verifier.verifySync(token, { organization: 'b' }).userId, 'user-1')
    assert.throws(() => verifier.verifySync(token), { code: 'organization_invalid' })
    for (const call of [{}, null, { organization: undefined }, { organization: '' }, { organization: 'b', other: 1 }]) {
      assert.throws(() => verifier.verifySync(token, call), { code: 'options_invalid' }, JSON.stringify(call))
    }
  })

  test('gives the functions of the app what verify gives them for a token', async () => {
    const calls = []
    const record =
      (answer) =>
      (...args) => {
        calls.push(args)
        return answer
      }
    const verifier = await verifierFor({ organization: record('a'), check: record(true) })
    const auth = verifier.verifySync(issuer.issueToken({ organization_id: 'a' }))
    assert.deepEqual(calls, [[undefined], [auth, undefined]])
  })

  test('throws what a function of the app throws, as it is', async () => {
    const bug = new Error('the database is away')
    const throwing = () => {
      throw bug
    }
    for (const options of [{ organization: throwing }, { check: throwing }]) {
      const verifier = await verifierFor(options)
      assert.throws(
        () => verifier.verifySync(issuer.issueToken()),
        (thrown) => thrown === bug,
      )
    }
  })

  test('refuses a promise of a function of the app, and lets it reject unheard', async (t) => {
    const unhandled = t.mock.fn()
    process.on('unhandledRejection', unhandled)
    t.after(() => process.off('unhandledRejection', unhandled))
    for (const option of ['organization', 'check']) {
      for (const promised of [async () => 'a', () => Promise.reject(new Error('the database is away'))]) {
        const verifier = await verifierFor({ organization: 'a', [option]: promised })
        assert.throws(() => verifier.verifySync(issuer.issueToken({ organization_id: 'a' })), {
          code: 'options_invalid',
          message: `Invalid option ${option}: gave a promise, which verifySync cannot wait for`,
        })
      }
    }
    await sleep(10)
    assert.equal(unhandled.mock.callCount(), 0)
  })
})
