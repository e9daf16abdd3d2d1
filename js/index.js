'use strict'

const { hasRole, hasScopes, requireAuth, requireRole, requireScopes } = require('./permissions')
const { principalOf } = require('./principal')
const {
  createExpressLogoutHandler,
  createExpressWebhookHandler,
  createLogoutHandler,
  createWebhookHandler,
} = require('./revocation/handlers')
const { createRevocationList } = require('./revocation/list')
const { verifyLogoutToken } = require('./revocation/logout-token')
const { verifyWebhook } = require('./revocation/webhook')
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
const { clearJwksCache, exportJwks, getEngine, getJwksStatus, invalidateJwksCache, isReady } = require('./jwks-cache')
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
  createExpressLogoutHandler,
  createExpressWebhookHandler,
  createLogoutHandler,
  createRevocationList,
  createVerifier,
  createWebhookHandler,
  exportJwks,
  generateCsrfToken,
  getEngine,
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
  verifyLogoutToken,
  verifyLogtoToken,
  verifyNextAuth,
  verifyWebhook,
  withNextAuth,
}
