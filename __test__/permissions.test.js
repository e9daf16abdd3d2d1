'use strict'

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')
const { hasRole, hasScopes, requireRole, requireScopes } = require('logto-authkit')

const contextOf = (claims) => {
  const payload = { sub: 'user-1', ...claims }
  return { userId: 'user-1', isAuthenticated: true, payload, isGuest: false }
}
const GUEST = { userId: null, isAuthenticated: false, payload: null, isGuest: true, guestId: 'abcdefgh' }

describe('scopes', () => {
  const ROWS = [
    ['read write', 'read', 'all', true],
    ['read write', ['read', 'write'], 'all', true],
    ['read write', 'read write', 'all', true],
    ['read', ['read', 'write'], 'all', false],
    ['read', ['read', 'write'], 'any', true],
    ['read', ['write', 'delete'], 'any', false],
    ['read:admin', 'read', 'all', false],
    ['thread', 'read', 'any', false],
    ['READ', 'read', 'all', false],
    [undefined, 'read', 'all', false],
    ['', 'read', 'all', false],
    [['read'], 'read', 'all', false],
  ]
  for (const [scope, wanted, mode, expected] of ROWS) {
    test(`${JSON.stringify(scope)} ${expected ? 'has' : 'has not'} ${mode} of ${JSON.stringify(wanted)}`, () => {
      const auth = contextOf({ scope })
      for (const subject of [auth, auth.payload]) {
        assert.equal(hasScopes(subject, wanted, { mode }), expected)
        const require = () => requireScopes(subject, wanted, { mode })
        if (expected) require()
        else assert.throws(require, { name: 'AuthError', code: 'scope_missing', status: 403 })
      }
    })
  }

  test('that are missing are told apart from those that are required', () => {
    const auth = contextOf({ scope: 'read' })
    assert.throws(() => requireScopes(auth, ['read', 'write', 'delete']), {
      details: { required: 'read write delete', missing: 'write delete' },
    })
  })

  test('are none for a guest, nobody, or a context that is not authenticated', () => {
    const forged = { ...contextOf({ scope: 'read' }), isAuthenticated: false }
    for (const subject of [GUEST, null, undefined, 'read', forged]) {
      assert.equal(hasScopes(subject, 'read'), false)
    }
  })

  test('must be named: an unset variable is refused', () => {
    for (const nothing of [undefined, null, '', ' ', [], [''], ['read', undefined], ['read', '']]) {
      assert.throws(() => hasScopes(contextOf({ scope: 'read' }), nothing), { code: 'options_invalid' })
      assert.throws(() => requireScopes(contextOf({ scope: 'read' }), nothing), { code: 'options_invalid' })
    }
  })
})

describe('roles', () => {
  const ROWS = [
    [{ roles: ['admin', 'editor'] }, 'admin', undefined, true],
    [{ role: 'admin' }, 'admin', undefined, true],
    [{ roles: [], role: 'admin' }, 'admin', undefined, true],
    [{ roles: ['administrator'] }, 'admin', undefined, false],
    [{ roles: 'administrator' }, 'admin', undefined, false],
    [{ roles: [['admin']] }, 'admin', undefined, false],
    [{ roles: { admin: true } }, 'admin', undefined, false],
    [{}, 'admin', undefined, false],
    [{ 'https://a.example/roles': ['admin'] }, 'admin', ['https://a.example/roles'], true],
    [{ roles: ['admin'] }, 'admin', ['groups'], false],
  ]
  for (const [claims, role, claimKeys, expected] of ROWS) {
    test(`${JSON.stringify(claims)} ${expected ? 'has' : 'has not'} ${role} in ${claimKeys ?? 'roles, role'}`, () => {
      const auth = contextOf(claims)
      for (const subject of [auth, auth.payload]) {
        assert.equal(hasRole(subject, role, { claimKeys }), expected)
        const require = () => requireRole(subject, role, { claimKeys })
        if (expected) require()
        else assert.throws(require, { code: 'role_missing', status: 403, message: 'Missing required role: admin' })
      }
    })
  }

  test('are none for a guest, and none from a prototype', () => {
    assert.equal(hasRole(GUEST, 'admin'), false)
    assert.equal(hasRole(null, 'admin'), false)
    assert.equal(hasRole(Object.create({ roles: ['admin'] }), 'admin'), false)
    for (const nothing of ['', undefined, null, 5]) {
      const mistake = { code: 'options_invalid', message: 'Invalid option role: not a non-empty string' }
      assert.throws(() => hasRole(contextOf({ role: nothing }), nothing), mistake)
    }
  })

  test('are those of a payload, though a claim of it is named as a member of a context', () => {
    for (const claim of ['isAuthenticated', 'userId']) {
      assert.equal(hasRole({ role: 'admin', [claim]: 'x' }, 'admin'), true, claim)
    }
  })
})
