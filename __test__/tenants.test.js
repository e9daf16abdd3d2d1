'use strict'

// Several tenants in `logtoUrl`: each issuer is bound to its own keys, and to nothing else.

const assert = require('node:assert/strict')
const { subscribe, unsubscribe } = require('node:diagnostics_channel')
const { after, before, beforeEach, describe, test } = require('node:test')
const {
  clearJwksCache,
  createVerifier,
  getJwksStatus,
  invalidateJwksCache,
  isReady,
  verifyAuth,
  verifyNextAuth,
} = require('logto-authkit')
const { rejection } = require('./support/rejection')
const { createKey, startTenant } = require('./support/tenant')

const isEdge = process.execArgv.includes('--conditions=edge-light')

const base64url = (text) => Buffer.from(text).toString('base64url')

describe('several tenants', () => {
  let a
  let b
  let other
  let options
  before(async () => {
    // Equal key ids: nothing but the issuer tells the tenants apart.
    const keys = await Promise.all([1, 2, 3].map(() => createKey('ES384', { kid: 'key-1' })))
    ;[a, b, other] = await Promise.all(keys.map(() => startTenant()))
    for (const [index, tenant] of [a, b, other].entries()) tenant.keys = [keys[index]]
    options = { logtoUrl: [a.logtoUrl, `${b.logtoUrl}/oidc/`], audience: a.audience }
  })
  after(() => Promise.all([a.close(), b.close(), other.close()]))
  beforeEach(async () => {
    for (const tenant of [a, b, other]) {
      await tenant.goUp()
      tenant.answer = undefined
    }
    clearJwksCache()
    for (const tenant of [a, b, other]) tenant.fetches = 0
  })

  test('each have their tokens accepted', async () => {
    for (const [index, tenant] of [a, b].entries()) {
      const token = await tenant.issue({ claims: { sub: `user-${index}` } })
      assert.equal((await verifyAuth(token, options)).userId, `user-${index}`)
      assert.equal((await verifyAuth(token, options)).payload.iss, tenant.issuer, 'a token seen before')
    }
    assert.deepEqual([a.fetches, b.fetches], [1, 1])
  })

  test('each have their tokens accepted by verifySync, too, and told with their own keys’ URL', {
    skip: isEdge && 'neither verifySync nor channels',
  }, async (t) => {
    const verifier = createVerifier(options)
    await verifier.prefetch()
    const told = []
    const listener = ({ jwksUri, userId }) => told.push([jwksUri, userId])
    subscribe('logto-authkit:verified', listener)
    t.after(() => unsubscribe('logto-authkit:verified', listener))
    for (const [index, tenant] of [a, b].entries()) {
      const token = await tenant.issue({ claims: { sub: `user-${index}` } })
      assert.equal(verifier.verifySync(token).userId, `user-${index}`)
      assert.deepEqual(told.at(-1), [`${tenant.issuer}/jwks`, `user-${index}`])
    }
    const foreign = await other.issue()
    assert.throws(() => verifier.verifySync(foreign), { code: 'issuer_invalid', status: 401 })
    // The issuer of one, signed by the other.
    const crossed = await a.issue({ claims: { iss: b.issuer } })
    assert.throws(() => verifier.verifySync(crossed), { code: 'signature_invalid' })
  })

  test('fetch keys only of the tenant that a token names', async () => {
    await verifyAuth(await b.issue(), options)
    assert.deepEqual([a.fetches, b.fetches], [0, 1])
  })

  test('of an issuer that is none of theirs, nothing is fetched, and nothing is told', async () => {
    const error = await rejection(verifyAuth(await other.issue(), options))
    assert.deepEqual([a.fetches, b.fetches, other.fetches], [0, 0, 0])
    assert.equal(error.message, 'Token verification failed: Invalid issuer')
    assert.deepEqual(error.details, { expected: [a.issuer, b.issuer], found: other.issuer })
    const guest = await verifyAuth(await other.issue(), { ...options, allowGuest: true })
    assert.equal(guest.isGuest, true)
  })

  test('accept a token again, and none that only ends as an accepted one does', async () => {
    const token = await b.issue()
    await createVerifier(options).prefetch()
    const verifier = createVerifier(options)
    for (let times = 0; times < 3; times += 1) assert.equal((await verifier.verify(token)).payload.iss, b.issuer)
    const parts = token.split('.')
    for (const other of [
      await a.issue(),
      await b.issue({ claims: { sub: 'eve' } }),
      await b.issue({ claims: { exp: 1 } }),
    ]) {
      const [header, payload] = other.split('.')
      const error = await rejection(verifier.verify([header, payload, parts[2]].join('.')))
      assert.equal(error.code, 'signature_invalid')
    }
    assert.equal((await verifier.verify(token)).payload.iss, b.issuer)
    assert.equal((await verifier.verify(await a.issue())).payload.iss, a.issuer)
  })

  /** [what comes, how it is made, the code]. */
  const FORGED = {
    'a token that names one tenant, signed by the other': [() => a.issue({ key: b.keys[0] }), 'signature_invalid'],
    'a token that names the other tenant, signed by the first': [
      () => b.issue({ key: a.keys[0] }),
      'signature_invalid',
    ],
    'a token of a third tenant': [() => other.issue(), 'issuer_invalid'],
    'a token of a third tenant that names the first': [
      () => other.issue({ claims: { iss: a.issuer } }),
      'signature_invalid',
    ],
    'a token of one tenant that names a third': [() => a.issue({ claims: { iss: other.issuer } }), 'issuer_invalid'],
    'a token without issuer': [() => a.issue({ claims: { iss: undefined } }), 'issuer_invalid'],
    'a token whose issuer is a list of both': [
      () => a.issue({ claims: { iss: [a.issuer, b.issuer] } }),
      'issuer_invalid',
    ],
    'a token whose issuer has a slash more': [() => a.issue({ claims: { iss: `${a.issuer}/` } }), 'issuer_invalid'],
    'a token whose issuer is the endpoint': [() => a.issue({ claims: { iss: a.logtoUrl } }), 'issuer_invalid'],
    'a token whose issuer is a member of every object': [
      () => a.issue({ claims: { iss: 'constructor' } }),
      'issuer_invalid',
    ],
    'a token that names both tenants, one after the other': [
      async () => {
        const [header, payload, signature] = (await a.issue()).split('.')
        const claims = Buffer.from(payload, 'base64url').toString()
        const both = claims.replace(/^\{/, `{"iss":${JSON.stringify(b.issuer)},`)
        return [header, base64url(both), signature].join('.')
      },
      'signature_invalid',
    ],
    'a token whose payload is no object': [
      async () => (await a.issue()).replace(/\.[^.]+\./, `.${base64url('[1]')}.`),
      'issuer_invalid',
    ],
    'a token whose payload is no JSON': [
      async () => (await a.issue()).replace(/\.[^.]+\./, `.${base64url('{')}.`),
      'signature_invalid',
    ],
    'a token that expired': [() => b.issue({ claims: { exp: 1 } }), 'token_expired'],
    'a token for another audience': [() => b.issue({ claims: { aud: 'x' } }), 'audience_invalid'],
    'an opaque token': [async () => 'a'.repeat(43), 'token_opaque'],
    noise: [async () => 'noise', 'token_malformed'],
    'three empty parts': [async () => '..', 'token_malformed'],
    'a token that is too long': [
      async () => `${base64url('{}')}.${base64url(JSON.stringify({ iss: 'x'.repeat(65_000) }))}.AA`,
      'token_malformed',
    ],
  }
  for (const [name, [make, expected]] of Object.entries(FORGED)) {
    test(`refuse ${name}: ${expected}`, async () => {
      const token = await make()
      for (const logtoUrl of [options.logtoUrl, [...options.logtoUrl].reverse()]) {
        const error = await rejection(verifyAuth(token, { ...options, logtoUrl }))
        assert.equal(error.code, expected)
      }
      assert.equal(other.fetches, 0, 'nobody asks a tenant that is not in the list')
    })
  }

  test('serve one without the other', async () => {
    await a.goDown()
    const [ofA, ofB] = await Promise.all([a.issue(), b.issue()])
    assert.equal((await rejection(verifyAuth(ofA, options))).code, 'jwks_unavailable')
    assert.equal((await verifyAuth(ofB, options)).isAuthenticated, true)
    const answer = await verifyNextAuth({ headers: { authorization: `Bearer ${ofA}` } }, options)
    assert.deepEqual([answer.success, answer.status], [false, 503])
    assert.equal((await rejection(createVerifier(options).prefetch())).code, 'jwks_unavailable')
  })

  test('are prefetched all, though one fails at once', async () => {
    await a.goDown()
    b.answer = (_req, res) => setTimeout(() => res.end(JSON.stringify({ keys: b.keys.map(({ jwk }) => jwk) })), 200)
    await rejection(createVerifier(options).prefetch())
    const keys = getJwksStatus().map(({ jwksUri, keys }) => [jwksUri, keys])
    assert.deepEqual(Object.fromEntries(keys), { [`${a.issuer}/jwks`]: 0, [`${b.issuer}/jwks`]: 1 })
  })

  test('are ready where one of them is', async () => {
    await a.goDown()
    assert.equal(isReady(options), false)
    await createVerifier({ ...options, logtoUrl: b.logtoUrl }).prefetch()
    assert.equal(isReady(options), true)
  })

  test('are forgotten together, and counted', async () => {
    await createVerifier(options).prefetch()
    await createVerifier({ ...options, logtoUrl: other.logtoUrl }).prefetch()
    assert.equal(invalidateJwksCache(options), 2)
    assert.equal(invalidateJwksCache(options.logtoUrl), 0)
    await createVerifier(options).prefetch()
    assert.equal(invalidateJwksCache(options.logtoUrl), 2)
    assert.equal(invalidateJwksCache(other.logtoUrl), 1)
  })

  test('are read anew where the list has changed', async () => {
    const changing = { ...options, logtoUrl: [a.logtoUrl] }
    const token = await b.issue()
    assert.equal((await rejection(verifyAuth(token, changing))).code, 'signature_invalid')
    changing.logtoUrl.push(b.logtoUrl)
    assert.equal((await verifyAuth(token, changing)).isAuthenticated, true)
  })

  test('contradict issuer and jwksUri, whatever their number', () => {
    for (const logtoUrl of [options.logtoUrl, [a.logtoUrl]]) {
      for (const [option, value] of [
        ['issuer', a.issuer],
        ['issuer', [a.issuer]],
        ['jwksUri', `${a.issuer}/jwks`],
      ]) {
        assert.throws(() => createVerifier({ ...options, logtoUrl, [option]: value }), {
          code: 'options_invalid',
          message: new RegExp(`^Invalid option ${option}: `),
        })
      }
    }
  })

  test('are each a URL, of another tenant', () => {
    const wrong = [[], [undefined], [''], [a.logtoUrl, undefined], [a.logtoUrl, `${a.logtoUrl}/oidc`], [[a.logtoUrl]]]
    for (const logtoUrl of wrong) {
      assert.throws(() => createVerifier({ ...options, logtoUrl }), {
        code: 'options_invalid',
        message: /^Invalid option logtoUrl: /,
      })
    }
  })
})
