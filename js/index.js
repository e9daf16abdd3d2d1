'use strict'

const { hasRole, hasScopes, requireAuth, requireRole, requireScopes } = require('./permissions')
const { principalOf } = require('./principal')
const {
  CSRF_COOKIE_NAME,
  CSRF_HEADER_NAME,
  buildCsrfCookieHeader,
  createCsrfMiddleware,
  generateCsrfToken,
  verifyCsrfToken,
} = require('./csrf')
const { AuthError } = require('./errors')
const { createExpressAuthMiddleware } = require('./frameworks/express')
const { clearJwksCache, getJwksStatus, invalidateJwksCache, isReady } = require('./jwks-cache')
const { verifyNextAuth, withNextAuth } = require('./frameworks/next')
const { buildAuthCookieHeader, buildGuestCookieHeader } = require('./set-cookie')
const { createVerifier, verifyAuth, verifyLogtoToken } = require('./verifier')

/** @type {typeof import('logto-authkit')} */
module.exports = {
  AuthError,
  CSRF_COOKIE_NAME,
  CSRF_HEADER_NAME,
  buildAuthCookieHeader,
  buildCsrfCookieHeader,
  buildGuestCookieHeader,
  clearJwksCache,
  createCsrfMiddleware,
  createExpressAuthMiddleware,
  createVerifier,
  generateCsrfToken,
  getJwksStatus,
  hasRole,
  hasScopes,
  invalidateJwksCache,
  isReady,
  principalOf,
  requireAuth,
  requireRole,
  requireScopes,
  verifyAuth,
  verifyCsrfToken,
  verifyLogtoToken,
  verifyNextAuth,
  withNextAuth,
}
