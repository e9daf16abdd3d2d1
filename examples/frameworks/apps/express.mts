import cors from 'cors'
import express from 'express'
import {
  createExpressAuthMiddleware,
  isReady,
  principalOf,
  requireAuth,
  type VerifyAuthOptions,
} from 'logto-authkit/server'
import 'logto-authkit/express-request'

/** The app, for your tenant or for that of a test. */
export function createApp(options: VerifyAuthOptions) {
  const app = express()

  app.set('trust proxy', 1)
  app.get('/readyz', (_req, res) => {
    res.sendStatus(isReady(options) ? 200 : 503)
  })
  app.use(cors({ origin: 'https://app.example.com', exposedHeaders: ['WWW-Authenticate', 'Retry-After'] }))

  const members = createExpressAuthMiddleware({ ...options, organization: (req) => req.params.organizationId })
  app.get('/organizations/:organizationId', members, (req, res) => {
    res.json({ organizationId: principalOf(requireAuth(req)).organizationId })
  })

  const problems = createExpressAuthMiddleware({
    ...options,
    onError: (error, _req, res, next) => {
      const { status, headers, code, message } = error
      if (status === 500) return next(error) // A mistake in the set-up is for the log.
      for (const [name, value] of Object.entries(headers)) res.set(name, value)
      res.status(status).json({ title: message, status, code })
    },
  })
  app.get('/profile', problems, (req, res) => {
    res.json({ userId: requireAuth(req).userId })
  })

  app.get('/feed', createExpressAuthMiddleware({ ...options, allowGuest: true }), ({ auth }, res) => {
    res.json(auth?.isAuthenticated ? { userId: auth.userId } : { guestId: auth?.guestId })
  })

  return app
}
