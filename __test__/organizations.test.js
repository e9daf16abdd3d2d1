'use strict'

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const { createVerifier, invalidateJwksCache, principalOf, verifyAuth, verifyNextAuth } = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')
const { runNode } = require('./support/child')
const { rejection } = require('./support/rejection')

const API = 'https://api.example.com'
const urn = (id) => `urn:logto:organization:${id}`

const isEdge = process.execArgv.includes('--conditions=edge-light')

const throwing = () => {
  throw new Error('a bug')
}

/** Kinds of tokens: the claims that differ from those of a plain token, and the organization it is of. */
const TOKENS = {
  plain: [{}, null],
  'plain, in an array': [{ audience: [API] }, null],
  'plain, for two APIs': [{ audience: [API, 'https://other.example'] }, null],
  'within a': [{ organization_id: 'a' }, 'a'],
  'within an organization without a name': [{ organization_id: '' }, null],
  'within a number': [{ organization_id: 5 }, null],
  'within several': [{ organization_id: ['a'] }, null],
  'within an object': [{ organization_id: { id: 'a' } }, null],
  'within an array of one within an array': [{ organization_id: [['a']] }, null],
  'within A': [{ organization_id: 'A' }, 'A'],
  'within a with a space before it': [{ organization_id: ' a' }, ' a'],
  'within a with a space behind it': [{ organization_id: 'a ' }, 'a '],
  'within true': [{ organization_id: true }, null],
  'for A': [{ audience: urn('A') }, 'A'],
  'for a in capitals throughout': [{ audience: urn('a').toUpperCase() }, null],
  'for a with a space before it': [{ audience: urn(' a') }, ' a'],
  'within null': [{ organization_id: null }, null],
  'for a': [{ audience: urn('a') }, 'a'],
  'for a, in an array': [{ audience: [urn('a')] }, 'a'],
  'for a and within a': [{ audience: urn('a'), organization_id: 'a' }, 'a'],
  'for a and within b': [{ audience: urn('a'), organization_id: 'b' }, null],
  'for a and for b': [{ audience: [urn('a'), urn('b')] }, null],
  'for a and for the API': [{ audience: [urn('a'), API] }, null],
  'for what ends as a does': [{ audience: `x${urn('a')}` }, null],
  'for an organization without a name': [{ audience: urn('') }, null],
  'for a name of two lines': [{ audience: urn('a\nb') }, 'a\nb'],
}

/**
 * What is asked: the options, and for each kind of token what becomes of it. Kinds that are not named get `others`.
 */
const ASKED = [
  [
    'an API',
    { audience: API },
    { 'within a': 'ok', plain: 'ok', 'plain, in an array': 'ok', 'plain, for two APIs': 'ok', 'within null': 'ok' },
  ],
  ['an API within a', { audience: API, organization: 'a' }, { 'within a': 'ok' }],
  ['an API within b', { audience: API, organization: 'b' }, {}],
  [
    'an API within any organization',
    { audience: API, organization: true },
    {
      'within a': 'ok',
      'within A': 'ok',
      'within a with a space before it': 'ok',
      'within a with a space behind it': 'ok',
    },
  ],
  [
    'an API within none',
    { audience: API, organization: false },
    { plain: 'ok', 'plain, in an array': 'ok', 'plain, for two APIs': 'ok' },
  ],
  ['an API within what a function says', { audience: API, organization: () => 'a' }, { 'within a': 'ok' }],
  ['an API within what a promise gives', { audience: API, organization: async () => 'a' }, { 'within a': 'ok' }],
  ['an API within nothing', { audience: API, organization: () => undefined }, {}],
  ['an API within an empty name', { audience: API, organization: () => '' }, {}],
  ['an API within what is no string', { audience: API, organization: () => true }, {}],
  ['an API within a number', { audience: API, organization: () => 5 }, {}],
  ['an API within a promise of nothing', { audience: API, organization: async () => {} }, {}],
  ['an API within a list', { audience: API, organization: () => ['a'] }, {}],
  [
    'the organization a',
    { organization: 'a' },
    { 'for a': 'ok', 'for a, in an array': 'ok', 'for a and within a': 'ok' },
  ],
  ['the organization b', { organization: 'b' }, {}],
  [
    'any organization',
    { organization: true },
    {
      'for a': 'ok',
      'for a, in an array': 'ok',
      'for a and within a': 'ok',
      'for a name of two lines': 'ok',
      'for A': 'ok',
      'for a with a space before it': 'ok',
    },
  ],
  [
    'the organization that a function says',
    { organization: () => 'a' },
    { 'for a': 'ok', 'for a, in an array': 'ok', 'for a and within a': 'ok' },
  ],
  ['no organization that a function says', { organization: () => null }, {}],
  [
    'an API or an organization by its audience',
    { audience: [API, urn('a')], organization: 'a' },
    { 'within a': 'ok', 'for a': 'ok', 'for a, in an array': 'ok', 'for a and within a': 'ok' },
  ],
]

/** The code of a refusal, by whether the audience fits, which is asked first. */
function refusalOf({ audience: wanted }, { audience = API }) {
  const fits = [audience]
    .flat()
    .some((aud) => (wanted === undefined ? aud.startsWith(urn('')) && aud !== urn('') : [wanted].flat().includes(aud)))
  return fits ? 'organization_invalid' : 'audience_invalid'
}

describe('organizations', () => {
  let issuer
  before(async () => {
    issuer = await createTestIssuer()
  })
  after(() => issuer.close())

  describe('of a token', () => {
    for (const [kind, [claims, id]] of Object.entries(TOKENS)) {
      test(`${kind}: ${id}`, () => {
        const { audience = API, ...others } = claims
        assert.equal(principalOf({ sub: 'user-1', aud: audience, ...others }).organizationId, id)
      })
    }
  })

  for (const [asked, options, accepted] of ASKED) {
    describe(`where ${asked} is asked for`, () => {
      for (const [kind, [claims]] of Object.entries(TOKENS)) {
        const isOpen = options.organization === undefined && refusalOf(options, claims) === 'organization_invalid'
        const expected = isOpen || Object.hasOwn(accepted, kind) ? 'ok' : refusalOf(options, claims)
        test(`a token ${kind}: ${expected}`, async () => {
          const verifier = createVerifier({ logtoUrl: issuer.logtoUrl, ...options })
          const token = issuer.issueToken(claims)
          const code = await verifier.verify(token).then(
            () => 'ok',
            (error) => error.code,
          )
          assert.equal(code, expected)
        })
      }
    })
  }

  test('that are asked for in one call stand in place of the option', async () => {
    const verifier = createVerifier({ ...issuer.options, organization: 'a' })
    const token = issuer.issueToken({ organization: 'b' })
    const codeOf = (call) =>
      verifier.verify(token, call).then(
        () => 'ok',
        (error) => error.code,
      )
    assert.deepEqual(
      [await codeOf(), await codeOf({ organization: 'b' }), await codeOf({ organization: true })],
      ['organization_invalid', 'ok', 'ok'],
    )
    assert.deepEqual(
      [await codeOf({ organization: false }), await codeOf({ organization: async () => 'c' })],
      ['organization_invalid', 'organization_invalid'],
    )
    // Next call: the option again.
    assert.equal(await codeOf(), 'organization_invalid')
  })

  test('that are asked for in one call are looked at by a verifier that has no such option, at first sight and later', async () => {
    const verifier = createVerifier(issuer.options)
    const [warm, fresh] = [issuer.issueToken({ organization: 'b' }), issuer.issueToken({ organization: 'b' })]
    await verifier.verify(warm)
    for (const token of [warm, fresh, fresh]) {
      assert.equal((await rejection(verifier.verify(token, { organization: 'a' }))).code, 'organization_invalid')
      assert.equal((await verifier.verify(token, { organization: 'b' })).userId, 'user-1')
    }
    // Without keys, the engine has to wait, and answers later.
    invalidateJwksCache(issuer.logtoUrl)
    assert.equal((await rejection(verifier.verify(warm, { organization: 'a' }))).code, 'organization_invalid')
  })

  test('are asked for by verifySync, too, which cannot wait for a promise', {
    skip: isEdge && 'no verifySync',
  }, async () => {
    const token = issuer.issueToken({ organization: 'a' })
    const codeOf = async (options, call) => {
      const verifier = createVerifier({ ...issuer.options, ...options })
      await verifier.prefetch()
      try {
        return verifier.verifySync(token, call).userId
      } catch (error) {
        return error.details?.option ?? error.code ?? error.message
      }
    }
    const ROWS = [
      ['user-1', { organization: 'a' }],
      ['organization_invalid', { organization: 'b' }],
      ['organization_invalid', { organization: false }],
      ['user-1', { organization: 'b' }, { organization: 'a' }],
      ['user-1', {}, { organization: () => 'a' }],
      ['organization_invalid', {}, { organization: () => undefined }],
      ['organization', { organization: async () => 'a' }],
      ['organization', {}, { organization: async () => 'a' }],
      ['organization', {}, { organization: undefined }],
      ['a bug', { organization: throwing }],
      ['client_invalid', { clientId: 'b' }],
      ['user-1', { check: ({ userId }) => userId === 'user-1' }],
      ['check_failed', { check: () => 'true' }],
      ['check', { check: async () => true }],
      ['a bug', { check: throwing }],
    ]
    for (const [expected, options, call] of ROWS) assert.equal(await codeOf(options, call), expected)
  })

  test('that are not set in a call are refused, and so is any other option of it', async () => {
    const verifier = createVerifier(issuer.options)
    const token = issuer.issueToken({ organization: 'a' })
    for (const call of [
      { organization: undefined },
      {},
      null,
      'a',
      { organization: '' },
      { organization: ['a'] },
      { organization: 'a', audience: 'b' },
    ]) {
      const error = await rejection(verifier.verify(token, call))
      assert.equal(error.code, 'options_invalid', JSON.stringify(call))
    }
    const ofOrganizations = createVerifier({ logtoUrl: issuer.logtoUrl, organization: true })
    assert.equal((await rejection(ofOrganizations.verify(token, { organization: false }))).code, 'options_invalid')
  })

  test('a function gets the request, and nothing where a token alone was given', async () => {
    const seen = []
    const options = {
      ...issuer.options,
      organization: (request) => {
        seen.push(request)
        return 'a'
      },
    }
    const token = issuer.issueToken({ organization: 'a' })
    const request = { headers: { authorization: `Bearer ${token}` } }
    await verifyAuth(request, options)
    await verifyAuth(token, options)
    assert.deepEqual(seen, [request, undefined])
    assert.equal(seen[0], request)
  })

  test('a function is not called for a token that is not good', async () => {
    const organization = () => assert.fail('called')
    const options = { ...issuer.options, organization }
    for (const token of ['x', issuer.issueToken({ expiresIn: -5 })]) {
      assert.equal((await rejection(verifyAuth(token, options))).status, 401)
    }
  })

  test('what a function throws is thrown, and makes no guest', async () => {
    const token = issuer.issueToken({ organization: 'a' })
    for (const organization of [
      () => {
        throw new Error('the database is away')
      },
      () => Promise.reject(new Error('the database is away')),
    ]) {
      const options = { ...issuer.options, organization, allowGuest: true }
      await assert.rejects(verifyAuth(token, options), { message: 'the database is away' })
      await assert.rejects(verifyNextAuth({ headers: { authorization: `Bearer ${token}` } }, options), {
        message: 'the database is away',
      })
    }
  })

  test('a function that never settles holds its own request alone, and no process', async () => {
    const token = issuer.issueToken({ organization: 'a' })
    const organization = ({ hangs }) => (hangs ? new Promise(() => {}) : 'a')
    const verifier = createVerifier({ ...issuer.options, organization })
    const headers = { authorization: `Bearer ${token}` }
    let isSettled = false
    const settle = () => {
      isSettled = true
    }
    verifier.verify({ headers, hangs: true }).then(settle, settle)
    assert.equal((await verifier.verify({ headers })).isAuthenticated, true)
    assert.equal(isSettled, false)
    const script = `
      const { createVerifier } = require('logto-authkit')
      const options = ${JSON.stringify(issuer.options)}
      const verifier = createVerifier({ ...options, organization: () => new Promise(() => {}) })
      verifier.prefetch().then(() => {
        verifier.verify(${JSON.stringify(token)}).then(() => console.log('let in'), () => console.log('refused'))
      })`
    assert.equal(
      (await runNode([...process.execArgv.filter((flag) => flag.startsWith('--conditions')), '-e', script])).stdout,
      '',
    )
  })

  test('a token of another organization is a guest where guests are allowed', async () => {
    const options = { ...issuer.options, organization: 'a', allowGuest: true }
    assert.equal((await verifyAuth(issuer.issueToken({ organization: 'b' }), options)).isGuest, true)
  })

  test('a refusal is a 403 without a challenge, and tells a client of no organization', async () => {
    const options = { ...issuer.options, organization: 'secret-a' }
    const error = await rejection(verifyAuth(issuer.issueToken({ organization: 'b' }), options))
    assert.deepEqual([error.status, error.headers], [403, {}])
    assert.equal(error.message, 'Token verification failed: The token is not for this organization')
    assert.deepEqual(error.details, { expected: 'secret-a', found: 'b' })
  })
})
