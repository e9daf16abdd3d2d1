'use strict'

const assert = require('node:assert/strict')
const { before, after, describe, test } = require('node:test')
const fastJwt = require('fast-jwt')
const jsonwebtoken = require('jsonwebtoken')
const { createVerifier, verifyAuth, verifyLogtoToken } = require('logto-authkit')
const { createKey, startTenant } = require('./support/tenant')
const { rejection } = require('./support/rejection')

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

describe('verifyAuth', () => {
  let tenant
  before(async () => {
    tenant = await startTenant()
  })
  after(() => tenant.close())

  test('gives exactly the documented context for a valid token', async () => {
    const claims = tenant.claims({ nested: { list: [1, 'two', null, 2.5] } })
    const auth = await verifyAuth(await tenant.issue({ claims }), tenant.options)
    assert.deepEqual(auth, { userId: 'user-1', isAuthenticated: true, payload: claims, isGuest: false })
  })

  test('gives each call a payload of its own', async () => {
    const token = await tenant.issue()
    const first = await verifyAuth(token, tenant.options)
    first.payload.sub = 'changed'
    first.payload.added = true
    const second = await verifyAuth(token, tenant.options)
    assert.equal(second.payload.sub, 'user-1')
    assert.equal('added' in second.payload, false)
  })

  test('reads tokens of any length, and refuses texts with characters of any width', async () => {
    const bare = (await tenant.issue({ claims: { pad: '' } })).length
    for (const length of [2_030, 2_035, 2_040, 2_043, 2_044, 2_046, 2_048, 2_051, 2_060, 20_000, 60_000]) {
      const pad = 'x'.repeat(Math.floor(((length - bare) * 3) / 4))
      const token = await tenant.issue({ claims: { pad } })
      assert.equal((await verifyAuth(token, tenant.options)).payload.pad, pad, `${token.length}`)
      for (const noise of ['é', '€', '😀', '\ud83d', '\0']) {
        const error = await rejection(verifyAuth(token + noise, tenant.options))
        assert.equal(error.code, 'token_malformed', JSON.stringify(noise))
      }
    }
  })

  test('reads the payload as JSON.parse does: __proto__ is a plain member, large integers are numbers', async () => {
    const payload = `${JSON.stringify(tenant.claims()).slice(0, -1)},"__proto__":{"admin":true},"big":9007199254740993}`
    const token = await signText(tenant.keys[0], payload)
    const auth = await verifyAuth(token, tenant.options)
    assert.deepEqual(auth.payload, JSON.parse(payload))
    assert.equal(auth.payload.admin, undefined)
    assert.equal({}.admin, undefined)
    assert.equal(typeof auth.payload.big, 'number')
  })

  test('accepts a token without scope, as Logto issues it for no permissions', async () => {
    const auth = await verifyAuth(await tenant.issue({ claims: { scope: undefined } }), tenant.options)
    assert.equal('scope' in auth.payload, false)
  })

  for (const alg of ALGORITHMS) {
    test(`accepts ${alg} from jose, with and without alg in the JWK`, async (t) => {
      const other = await startTenant({ alg })
      t.after(() => other.close())
      assert.equal((await verifyAuth(await other.issue(), other.options)).userId, 'user-1')

      const bare = await createKey(alg)
      delete bare.jwk.alg
      delete bare.jwk.use
      other.keys = [bare]
      const options = { ...other.options, skipJwksCache: true }
      assert.equal((await verifyAuth(await other.issue(), options)).userId, 'user-1')
    })
  }

  for (const alg of ['RS256', 'PS384', 'ES256', 'ES384']) {
    test(`accepts ${alg} from jsonwebtoken`, async (t) => {
      const other = await startTenant({ alg })
      t.after(() => other.close())
      const token = jsonwebtoken.sign(other.claims(), await pem(other.keys[0]), {
        algorithm: alg,
        keyid: other.keys[0].jwk.kid,
      })
      assert.equal((await verifyAuth(token, other.options)).userId, 'user-1')
    })
  }

  for (const alg of ['RS512', 'ES384', 'ES512', 'EdDSA']) {
    test(`accepts ${alg} from fast-jwt`, async (t) => {
      const other = await startTenant({ alg })
      t.after(() => other.close())
      const key = await pem(other.keys[0])
      const sign = fastJwt.createSigner({ algorithm: alg, key, kid: other.keys[0].jwk.kid })
      assert.equal((await verifyAuth(sign(other.claims()), other.options)).userId, 'user-1')
    })
  }

  test('accepts a token without kid if exactly one key of the set fits', async (t) => {
    const other = await startTenant()
    t.after(() => other.close())
    const options = { ...other.options, skipJwksCache: true }
    other.keys.push(await createKey('RS256'))
    const token = await other.issue({ header: { kid: undefined } })
    assert.equal((await verifyAuth(token, options)).userId, 'user-1')

    other.keys.push(await createKey('ES384'))
    assert.equal((await rejection(verifyAuth(token, options))).code, 'key_not_found')
  })

  test('accepts any one of several issuers and audiences', async () => {
    const options = {
      ...tenant.options,
      issuer: ['https://custom.example/oidc', 'https://tenant.example/oidc'],
      audience: ['https://other.example', 'urn:logto:organization:o1'],
    }
    const claims = { iss: 'https://tenant.example/oidc', aud: ['a', 'urn:logto:organization:o1'] }
    assert.equal((await verifyAuth(await tenant.issue({ claims }), options)).userId, 'user-1')
    const other = { ...claims, iss: tenant.issuer }
    assert.equal((await rejection(verifyAuth(await tenant.issue({ claims: other }), options))).code, 'issuer_invalid')
  })

  test('requires each of several scopes, as a whole', async () => {
    const token = await tenant.issue({ claims: { scope: 'read:admin thread write' } })
    for (const requiredScope of [
      'write',
      'write read:admin',
      ' thread  write ',
      ['thread', 'write'],
      ['write read:admin'],
    ]) {
      assert.equal((await verifyAuth(token, { ...tenant.options, requiredScope })).userId, 'user-1')
    }
    for (const requiredScope of ['read', 'write read', 'WRITE', 'read:admin:x', 'hread', ['write', 'read']]) {
      const error = await rejection(verifyAuth(token, { ...tenant.options, requiredScope }))
      assert.equal(error.code, 'scope_missing')
    }
  })

  test('allows for a clock that differs by clockTolerance seconds, and no more', async () => {
    const now = Math.floor(Date.now() / 1000)
    const late = await tenant.issue({ claims: { exp: now - 20 } })
    const early = await tenant.issue({ claims: { nbf: now + 20 } })
    const tolerant = { ...tenant.options, clockTolerance: 30 }
    const strict = { ...tenant.options, clockTolerance: 10 }
    assert.equal((await verifyAuth(late, tolerant)).userId, 'user-1')
    assert.equal((await verifyAuth(early, tolerant)).userId, 'user-1')
    assert.equal((await rejection(verifyAuth(late, strict))).code, 'token_expired')
    assert.equal((await rejection(verifyAuth(early, strict))).code, 'token_not_yet_valid')
  })

  const TYPES = [
    [undefined, undefined, true],
    ['JWT', undefined, true],
    ['jwt', undefined, true],
    ['at+jwt', undefined, true],
    ['application/at+jwt', undefined, true],
    ['AT+JWT', 'at+jwt', true],
    ['application/at+jwt', 'at+jwt', true],
    ['JWT', 'at+jwt', false],
    [undefined, 'at+jwt', false],
    ['id+jwt', undefined, false],
    ['logout+jwt', undefined, false],
    ['', undefined, false],
    ['text/plain', 'application/text/plain', false],
    ['application/text/plain', 'text/plain', false],
    ['Application/text/plain', 'application/TEXT/plain', true],
    ['application/application/at+jwt', 'at+jwt', false],
  ]
  for (const [typ, tokenType, accepted] of TYPES) {
    test(`${accepted ? 'accepts' : 'refuses'} typ ${typ} where tokenType is ${tokenType}`, async () => {
      const token = await tenant.issue({ header: { typ } })
      const verdict = verifyAuth(token, { ...tenant.options, ...(tokenType !== undefined && { tokenType }) })
      if (accepted) return assert.equal((await verdict).userId, 'user-1')
      const { code, message } = await rejection(verdict)
      assert.deepEqual([code, message], ['claim_invalid', 'Token verification failed: Invalid claim: typ'])
    })
  }

  test('takes the keys from jwksUri where it is given', async () => {
    const options = {
      logtoUrl: 'https://public.example',
      audience: tenant.audience,
      jwksUri: `${tenant.logtoUrl}/keys`,
    }
    const token = await tenant.issue({ claims: { iss: 'https://public.example/oidc' } })
    assert.equal((await verifyAuth(token, options)).userId, 'user-1')
  })

  test('tolerates trailing slashes and a trailing /oidc in logtoUrl', async () => {
    const token = await tenant.issue()
    for (const suffix of ['/', '//', '/oidc', '/oidc/']) {
      const options = { ...tenant.options, logtoUrl: tenant.logtoUrl + suffix }
      assert.equal((await verifyAuth(token, options)).userId, 'user-1')
    }
  })

  test('calls onError with a refusal, and still refuses', async () => {
    const seen = []
    const options = { ...tenant.options, onError: (...call) => seen.push(call) }
    const request = { headers: {} }
    const error = await rejection(verifyAuth(request, options))
    assert.deepEqual(seen, [[error, request]])
    await rejection(verifyAuth('not a token', options))
    assert.equal(seen[1].length, 1, 'a token is not handed on')
  })
})

describe('verifyLogtoToken', () => {
  test('verifies a string and ignores allowGuest', async (t) => {
    const tenant = await startTenant()
    t.after(() => tenant.close())
    const options = { ...tenant.options, allowGuest: true }
    assert.equal((await verifyLogtoToken(await tenant.issue(), options)).userId, 'user-1')
    assert.equal((await rejection(verifyLogtoToken('garbage', options))).code, 'token_malformed')
    for (const nothing of ['', undefined, null, { headers: {} }]) {
      assert.equal((await rejection(verifyLogtoToken(nothing, options))).code, 'token_missing')
    }
  })

  test('takes a token alone: what is in a request it does not look for', async (t) => {
    const tenant = await startTenant()
    t.after(() => tenant.close())
    const token = await tenant.issue()
    const headers = { authorization: `Bearer ${token}` }
    for (const request of [
      { headers },
      new Request('http://a', { headers }),
      { cookies: { logto_authtoken: token } },
    ]) {
      assert.equal((await rejection(verifyLogtoToken(request, tenant.options))).code, 'token_missing')
    }
  })
})

describe('createVerifier', () => {
  test('verifies tokens and requests, and prefetches the keys', async (t) => {
    const tenant = await startTenant()
    t.after(() => tenant.close())
    const verifier = createVerifier(tenant.options)
    await verifier.prefetch()
    assert.equal(tenant.fetches, 1)
    const token = await tenant.issue()
    assert.equal((await verifier.verify(token)).userId, 'user-1')
    assert.equal((await verifier.verify({ headers: { authorization: `Bearer ${token}` } })).userId, 'user-1')
    await verifier.prefetch()
    assert.equal(tenant.fetches, 1)
  })

  test('rejects a prefetch with jwks_unavailable when the tenant is down', async () => {
    const tenant = await startTenant()
    await tenant.close()
    const error = await rejection(createVerifier(tenant.options).prefetch())
    assert.deepEqual([error.code, error.status], ['jwks_unavailable', 503])
  })
})

async function pem(key) {
  const { exportPKCS8 } = require('jose')
  return exportPKCS8(key.privateKey)
}

/** A JWS whose payload is any text, valid JSON or not. */
async function signText(key, payload) {
  const { CompactSign } = require('jose')
  return new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: key.alg, kid: key.jwk.kid, typ: 'at+jwt' })
    .sign(key.privateKey)
}
