'use strict'

// Requests for an app that is built of the package, by whatever bundler and for whatever runtime.

const assert = require('node:assert/strict')
const { createKey, startTenant } = require('./tenant')

const FAILED = 'Token verification failed:'
const BAD_SIGNATURE = `${FAILED} Signature verification failed`

const bearer = (token) => ({ authorization: `Bearer ${token}` })
const secondsAgo = (seconds) => Math.floor(Date.now() / 1000) - seconds

/** A token with one character of its payload changed. */
function tampered(token) {
  const [header, payload, signature] = token.split('.')
  return [header, payload.replace(/^./, (first) => (first === 'e' ? 'f' : 'e')), signature].join('.')
}

/** Requests that are let in: [the name, the headers]. */
const ACCEPTED = [
  ['a valid token', async ({ issue }) => bearer(await issue())],
  ['a valid token in the cookie', async ({ issue }) => ({ cookie: `logto_authtoken=${await issue()}` })],
  ['a token signed with RS256', async ({ issue, keys }) => bearer(await issue({ key: keys[1] }))],
  ['a token signed with EdDSA', async ({ issue, keys }) => bearer(await issue({ key: keys[2] }))],
]

/** Requests that are refused: [the name, the headers, the error in the answer]. */
const REFUSED = [
  ['no token', () => ({}), 'No token found in cookies or Authorization header'],
  ['a tampered token', async ({ issue }) => bearer(tampered(await issue())), BAD_SIGNATURE],
  [
    'an expired token',
    async ({ issue }) => bearer(await issue({ claims: { exp: secondsAgo(1) } })),
    `${FAILED} Token has expired`,
  ],
  [
    'a token for another audience',
    async ({ issue }) => bearer(await issue({ claims: { aud: 'https://other.example.com' } })),
    `${FAILED} Invalid audience`,
  ],
  [
    'a token of another tenant',
    async ({ issue }) => bearer(await issue({ claims: { iss: 'https://other.example.com/oidc' } })),
    `${FAILED} Invalid issuer`,
  ],
  [
    'an unsigned token',
    async ({ issue }) => bearer((await issue()).replace(/^[^.]*/, Buffer.from('{"alg":"none"}').toString('base64url'))),
    `${BAD_SIGNATURE} (algorithm not allowed)`,
  ],
]

/** Sends an app all of these requests; each route of it answers with the user's id. */
async function askAll(url, tenant) {
  for (const [name, headersOf] of ACCEPTED) {
    const response = await fetch(url, { headers: await headersOf(tenant) })
    assert.deepEqual([response.status, await response.json()], [200, { userId: 'user-1' }], name)
  }
  for (const [name, headersOf, error] of REFUSED) {
    const response = await fetch(url, { headers: await headersOf(tenant) })
    const body = await response.json()
    assert.deepEqual([response.status, body.message ?? body.error], [401, error], name)
    assert.match(response.headers.get('www-authenticate'), /^Bearer/)
  }
}

/** The tenant of these requests. */
async function startTenantOfSeveralKeys() {
  const tenant = await startTenant({ alg: 'ES384' })
  tenant.keys.push(await createKey('RS256'), await createKey('EdDSA'))
  return tenant
}

module.exports = { ACCEPTED, FAILED, REFUSED, askAll, bearer, startTenantOfSeveralKeys, tampered }
