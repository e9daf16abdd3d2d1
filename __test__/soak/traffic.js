'use strict'

const { randomBytes, randomUUID } = require('node:crypto')
const { createKey } = require('../support/tenant')

const DENIED = (text) => (status, body) => status === 401 && body.message.includes(text)
const FORBIDDEN = (code) => (status, body) => status === 403 && body.code === code
const IS_GUEST = (status, body) => status === 200 && body.isGuest === true

/**
 * The classes of requests. `request` makes a request, `isRight` judges the answer, `weight` is the share of the class.
 *
 * A token with an unknown kid may get 503 instead of 401: while the endpoint is failing, the kid may still exist.
 */
const CLASSES = {
  good: {
    weight: 40,
    request: async (tenant) => ({ path: '/me', token: await tenant.recentToken() }),
    isRight: (status, body) => status === 200 && body.userId === 'user-1',
  },
  'good, in the cookie': {
    weight: 15,
    request: async (tenant) => ({ path: '/me', cookie: await tenant.recentToken() }),
    isRight: (status, body) => status === 200 && body.userId === 'user-1',
  },
  'good, first seen': {
    weight: 10,
    request: async (tenant) => ({ path: '/me', token: await newToken(tenant) }),
    isRight: (status, body) => status === 200 && body.userId === 'user-1',
  },
  'no token': {
    weight: 5,
    request: async () => ({ path: '/me' }),
    isRight: (status) => status === 401,
  },
  'missing scope': {
    weight: 5,
    request: async (tenant) => ({ path: '/admin', token: await tenant.recentToken() }),
    isRight: FORBIDDEN('scope_missing'),
  },
  'within the organization': {
    weight: 5,
    request: async (tenant) => ({
      path: '/organizations/a',
      token: await newToken(tenant, { claims: { organization_id: 'a' } }),
    }),
    isRight: (status, body) => status === 200 && body.userId === 'user-1',
  },
  'within another organization': {
    weight: 5,
    request: async (tenant) => ({
      path: '/organizations/b',
      token: await newToken(tenant, { claims: { organization_id: 'a' } }),
    }),
    isRight: FORBIDDEN('organization_invalid'),
  },
  'of one of two tenants': {
    weight: 5,
    request: async (tenant) => ({ path: '/tenants', token: await tenant.recentToken() }),
    isRight: (status, body) => status === 200 && body.userId === 'user-1',
  },
  'of neither tenant': {
    weight: 2,
    request: async (tenant) => ({ path: '/tenants', token: await newToken(tenant, { claims: { iss: 'other' } }) }),
    isRight: DENIED('Invalid issuer'),
  },
  expired: {
    weight: 5,
    request: async (tenant) => ({ path: '/me', token: await newToken(tenant, { claims: { exp: 1 } }) }),
    isRight: DENIED('expired'),
  },
  'another audience': {
    weight: 3,
    request: async (tenant) => ({ path: '/me', token: await newToken(tenant, { claims: { aud: 'other' } }) }),
    isRight: DENIED('Invalid audience'),
  },
  forged: {
    weight: 5,
    request: async (tenant) => ({
      path: '/me',
      token: await newToken(tenant, { header: { kid: tenant.keys[0].jwk.kid }, key: await forger }),
    }),
    isRight: DENIED('Signature verification failed'),
  },
  'unknown kid': {
    weight: 5,
    request: async (tenant) => ({ path: '/me', token: await newToken(tenant, { header: { kid: randomUUID() } }) }),
    isRight: (status) => status === 401 || status === 503,
  },
  random: {
    weight: 5,
    request: async () => ({
      path: '/me',
      token: randomBytes(1 + Math.floor(Math.random() * 600)).toString('base64url'),
    }),
    isRight: DENIED('Invalid JWT format'),
  },
  guest: { weight: 5, request: async () => ({ path: '/feed' }), isRight: IS_GUEST },
  'guest with a bad token': { weight: 2, request: async () => ({ path: '/feed', token: 'a.b.c' }), isRight: IS_GUEST },
}

const forger = createKey('ES384')

const DRAW = Object.entries(CLASSES).flatMap(([name, { weight }]) => Array(weight).fill(name))

/** A token that nobody has seen before, with these changes. */
function newToken(tenant, { claims, ...changes } = {}) {
  return tenant.issue({ claims: { jti: randomUUID(), ...claims }, ...changes })
}

/** The name of a random class, drawn by weight. */
function drawClass() {
  return DRAW[Math.floor(Math.random() * DRAW.length)]
}

module.exports = { CLASSES, drawClass, newToken }
