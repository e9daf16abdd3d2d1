'use strict'

const { join } = require('node:path')
const { parse } = require('cookie')
const express = require('express')
const { createCsrfMiddleware, createExpressAuthMiddleware } = require('logto-authkit')
const { securityHeaders } = require('./security-headers')
const { createSessions } = require('./sessions')
const { TTL_SECONDS } = require('./sign-in')

const PAGE = join(__dirname, 'page')
const SIGN_IN_COOKIE = 'demo_sign_in'

/**
 * The page and what it needs beside the API: to sign in and out, so that its scripts never hold a token.
 *
 * @param {string} home the page's address, under which these routes are
 * @param signIn what `createSignIn` returns
 * @param provider what `startProvider` returns
 * @param fleet what `startFleet` returns
 */
function createPageRoutes({ home, signIn, provider, fleet }) {
  // Lax, since the redirect that has to bring it back comes from another site.
  const signInCookie = { path: new URL('callback', home).pathname, httpOnly: true, secure: true, sameSite: 'lax' }
  const sessions = createSessions(new URL(home).pathname)

  const router = express.Router()
  // Cookies belong to a host, so whoever comes by another of its names goes to this one first.
  router.use((req, res, next) => (req.get('Host') === new URL(home).host ? next() : res.redirect(307, home)))
  router.use(securityHeaders("'none'"))
  router.use(createCsrfMiddleware())

  router.get('/sign-in', async (_req, res) => {
    const { id, url } = await signIn.begin()
    res.cookie(SIGN_IN_COOKIE, id, { ...signInCookie, maxAge: TTL_SECONDS * 1000 }).redirect(303, url)
  })

  router.get('/callback', async (req, res) => {
    const id = parse(req.get('Cookie') ?? '')[SIGN_IN_COOKIE]
    res.clearCookie(SIGN_IN_COOKIE, signInCookie)
    sessions.begin(res, await signIn.finish(id, new URL(req.originalUrl, home)))
    res.redirect(303, home)
  })

  router.post('/sign-out', (req, res) => {
    sessions.end(req, res)
    res.status(204).end()
  })

  router.get('/organizations', (req, res) => {
    res.json({ organizations: sessions.of(req)?.organizations ?? [] })
  })

  // The provider decides who is a member: what the page sends is a wish.
  router.post('/organization', express.json(), async (req, res) => {
    const session = sessions.of(req)
    const tokens = session && (await signIn.switchTo(session.refreshToken, req.body?.organizationId))
    if (tokens === undefined || !sessions.renew(req, res, tokens)) {
      return res.status(401).json({ error: 'Nobody is signed in' })
    }
    res.status(204).end()
  })

  // Whose token is good as such, though it may be revoked: the provider's console has no sign-in of its own here.
  const { revocations, ...others } = fleet.options
  const anyHolder = createExpressAuthMiddleware(others)
  for (const [path, isSuspended] of [
    ['/suspend', true],
    ['/lift-suspension', false],
  ]) {
    router.post(path, anyHolder, async ({ auth }, res) => {
      await provider.suspend(auth.userId, isSuspended)
      res.status(204).end()
    })
  }

  // What the API's other process says to this browser, which has the page from this one.
  router.get('/other-process/me', async (req, res) => {
    const answer = await fetch(`${fleet.otherUrl}/me`, { headers: { Cookie: req.get('Cookie') ?? '' } })
    const challenge = answer.headers.get('WWW-Authenticate')
    if (challenge !== null) res.set('WWW-Authenticate', challenge)
    res.status(answer.status).json(await answer.json())
  })

  const reader = createExpressAuthMiddleware({ ...fleet.options, requiredScope: 'read:profile' })
  router.get('/claims', reader, ({ auth }, res) => {
    res.json(auth.payload)
  })

  router.use(express.static(PAGE, { cacheControl: false }))

  router.use((error, req, res, next) => {
    if (![400, 403, 502].includes(error.status)) return next(error)
    if (req.method === 'POST') return res.status(error.status).json({ error: error.message })
    res.status(error.status).sendFile(join(PAGE, 'refused.html'), { cacheControl: false })
  })
  return router
}

module.exports = { createPageRoutes }
