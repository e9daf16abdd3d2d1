'use strict'

// A dependency that merges untrusted JSON can give every object of a process a member. Whatever it is, each call has to answer
// as before: the process of support/polluted-child.js compares.

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')
const { createTestIssuer } = require('logto-authkit/testing')
const { runNode } = require('./support/child')

const ENGINES = { native: [], portable: ['--conditions=edge-light'] }

/** Members that the runtime's fetch, WebCrypto or jose reads from anywhere, and then fails: nobody is let in. */
const FAIL_CLOSED = { native: [], portable: ['error', 'mode', 'required', 'alg', 'use', 'key_ops', 'd', 'crit'] }
const REFUSALS = /^(jwks_unavailable|signature_invalid|false|401|503|success,error)/

describe('a member that every object has been given changes no answer', () => {
  for (const [engine, conditions] of Object.entries(ENGINES)) {
    test(`on the ${engine} engine`, async (t) => {
      const [tenant, attacker] = [await createTestIssuer(), await createTestIssuer()]
      t.after(() => Promise.all([tenant.close(), attacker.close()]))
      const scope = 'read:things'
      const world = {
        options: tenant.options,
        attackerKeys: `${attacker.issuer}/jwks`,
        tokens: {
          good: tenant.issueToken({ scope }),
          forged: attacker.issueToken({ iss: tenant.issuer, scope: 'admin:write' }),
          withoutScope: tenant.issueToken(),
          withoutKid: tenant.issueToken({ header: { kid: undefined } }),
          withoutTyp: tenant.issueToken({ header: { typ: undefined } }),
          withoutClient: tenant.issueToken({ client_id: undefined, exp: 4_000_000_000 }),
          withoutSub: tenant.issueToken({ sub: undefined }),
          withoutExpiry: tenant.issueToken({ exp: undefined }),
          withoutIssuer: tenant.issueToken({ iss: undefined }),
          withoutAudience: tenant.issueToken({ aud: undefined }),
          expired: tenant.issueToken({ expiresIn: -1 }),
        },
      }
      const args = [...conditions, '__test__/support/polluted-child.js', JSON.stringify(world)]
      const { stdout } = await runNode(args, { timeout: 120_000 })
      const { answers, differences } = JSON.parse(stdout)
      assert.equal(answers['verifyAuth: good'], 'user-1')
      assert.equal(answers['verifyAuth: forged'], 'key_not_found')
      assert.ok(Object.keys(answers).length > 40)
      const unexplained = Object.entries(differences).filter(
        ([name, [, answer]]) => !(FAIL_CLOSED[engine].includes(name.split(',')[0]) && REFUSALS.test(answer)),
      )
      assert.deepEqual(unexplained, [])
    })
  }
})
