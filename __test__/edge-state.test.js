'use strict'

// The portable engine's state machine of one JWKS URL.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { State } = require('../js/engines/portable/jwks/state')

const POLICY = { jwksCacheTtlMs: 300_000, jwksMaxStaleMs: 600_000, jwksTimeoutMs: 5_000 }

const at = (monotonic) => ({ monotonic, wall: 1_700_000_000_000 + monotonic })

test('a call that wakes late is not served keys that have expired since', () => {
  const state = new State()
  const seen = { count: 1, isSameAs: () => false }
  state.takeOff(at(0))
  state.land({ keys: seen }, at(100))
  const others = { count: 1, isSameAs: () => false }
  state.takeOff(at(1_000))
  state.land({ keys: others }, at(1_100))
  assert.equal(state.lookUpUnknownKid(POLICY, seen, at(300_999)).keys, others)
  assert.equal(state.lookUpUnknownKid(POLICY, seen, at(301_000)).keys, undefined)
})
