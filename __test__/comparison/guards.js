'use strict'

// What each package alone makes of a request: the shortest guard that its documentation gives, for the same tenant. jose is no
// middleware, so its guard has the lines without which nothing would be guarded.

const { createPublicKey } = require('node:crypto')
const { createRequire } = require('node:module')
const { join } = require('node:path')
const { createExpressAuthMiddleware, createExpressWebhookHandler, createRevocationList } = require('logto-authkit')

const load = createRequire(join(__dirname, 'packages/package.json'))

/** How long keys are fresh, in milliseconds, so that a test can wait until they are not. */
const FRESH_MS = 300

/** The signing key of the tenant's webhook. */
const WEBHOOK_KEY = 'webhook-key'

/**
 * A package's guards: `user` wants a token, `scope` one with the scope `admin:write`, `organization` one of `org-1`. Where a package
 * has nothing for it, its guard for users stands there. `webhook` is a route for Logto's webhooks.
 */
const GUARDS = {
  'logto-authkit'({ options }) {
    const revocations = createRevocationList()
    const guard = (more) =>
      createExpressAuthMiddleware({ ...options, revocations, jwksCacheTtlMs: FRESH_MS, tokenCacheSize: 0, ...more })
    return {
      user: guard({}),
      scope: guard({ requiredScope: 'admin:write' }),
      organization: guard({ organization: 'org-1' }),
      webhook: createExpressWebhookHandler({ signingKey: WEBHOOK_KEY, revocations }),
    }
  },

  async jose({ logtoUrl, issuer, audience }) {
    const { createRemoteJWKSet, jwtVerify } = require('jose')
    const keys = createRemoteJWKSet(new URL(`${logtoUrl}/oidc/jwks`), { cacheMaxAge: FRESH_MS, cooldownDuration: 0 })
    const user = async (req, res, next) => {
      const token = req.get('authorization')?.replace('Bearer ', '') ?? ''
      await jwtVerify(token, keys, { issuer, audience }).then(
        () => next(),
        () => res.sendStatus(401),
      )
    }
    return { user, scope: user, organization: user }
  },

  'express-oauth2-jwt-bearer'({ logtoUrl, issuer, audience }) {
    const { auth, claimEquals, requiredScopes } = load('express-oauth2-jwt-bearer')
    const jwksUri = `${logtoUrl}/oidc/jwks`
    const user = auth({
      issuer,
      jwksUri,
      audience,
      tokenSigningAlg: 'ES384',
      cacheMaxAge: FRESH_MS,
      cooldownDuration: 0,
    })
    return {
      user,
      scope: [user, requiredScopes('admin:write')],
      organization: [user, claimEquals('organization_id', 'org-1')],
    }
  },

  '@clerk/express'({ keys }) {
    const { clerkMiddleware, getAuth } = load('@clerk/express')
    const publishableKey = `pk_test_${btoa('clerk.example.com$')}`
    const clerk = clerkMiddleware({
      publishableKey,
      secretKey: 'sk_test_0',
      jwtKey: createPublicKey({ key: keys[0].jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }),
    })
    const user = [clerk, (req, res, next) => (getAuth(req).isAuthenticated ? next() : res.sendStatus(401))]
    return { user, scope: user, organization: user }
  },
}

module.exports = { FRESH_MS, GUARDS, WEBHOOK_KEY, load }
