'use strict'

const { setTimeout: sleep } = require('node:timers/promises')
const { CompactSign } = require('jose')
const { FRESH_MS } = require('./guards')

/**
 * What the README's table says of each package: whether an app that is guarded by the package alone does it. Each task asks such an app,
 * as `ask(path, token, headers)`, with a tenant of its own.
 */
const TASKS = {
  'accepts Logto’s access token, ES384': async ({ ask, tenant }) => (await ask('/user', await tenant.issue())) === 200,

  'finds it in a cookie': async ({ ask, tenant }) =>
    (await ask('/user', undefined, { cookie: `logto_authtoken=${await tenant.issue()}` })) === 200,

  'answers 403 where a scope is missing': async ({ ask, tenant }) =>
    (await ask('/scope', await tenant.issue({ claims: { scope: 'admin:write' } }))) === 200 &&
    (await ask('/scope', await tenant.issue({ claims: { scope: 'read' } }))) === 403,

  'refuses a token of another organization': async ({ ask, tenant }) =>
    (await ask('/organization', await tenant.issue({ claims: { organization_id: 'org-1' } }))) === 200 &&
    (await ask('/organization', await tenant.issue({ claims: { organization_id: 'org-2' } }))) >= 400,

  'refuses a suspended user’s token at once': async ({ ask, deliver, tenant }) => {
    const token = await tenant.issue({ claims: { sub: 'ada' } })
    if ((await ask('/user', token)) !== 200) return false
    await deliver({ event: 'User.SuspensionStatus.Updated', data: { id: 'ada', isSuspended: true } })
    return (await ask('/user', token)) === 401
  },

  'goes on through an outage of the tenant': async ({ ask, tenant }) => {
    const token = await tenant.issue()
    if ((await ask('/user', token)) !== 200) return false
    await tenant.goDown()
    await sleep(2 * FRESH_MS)
    return (await ask('/user', token)) === 200
  },

  'answers 503, not 401, where keys cannot be fetched': async ({ ask, tenant }) => {
    await tenant.goDown()
    return (await ask('/user', await tenant.issue())) === 503
  },

  'refuses a token that has a claim twice': async ({ ask, tenant }) => {
    const once = JSON.stringify(tenant.claims())
    const twice = once.replace('{', '{"sub":"somebody-else",')
    return (
      (await ask('/user', await sign(tenant, once))) === 200 && (await ask('/user', await sign(tenant, twice))) === 401
    )
  },
}

/** A token with this text for a payload. */
function sign({ keys: [{ alg, jwk, privateKey }] }, payload) {
  const header = { alg, kid: jwk.kid, typ: 'at+jwt' }
  return new CompactSign(Buffer.from(payload)).setProtectedHeader(header).sign(privateKey)
}

module.exports = { TASKS }
