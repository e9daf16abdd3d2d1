import express from 'express'
import { createExpressAuthMiddleware, requireAuth } from 'logto-authkit'

/** The app, which listens nowhere yet, so that a test can give it a tenant of its own. */
export function createApp(options: { logtoUrl: string; audience: string }) {
  const app = express()
  app.get('/me', createExpressAuthMiddleware(options), (req, res) => {
    res.json({ userId: requireAuth(req).userId })
  })
  app.get('/admin', createExpressAuthMiddleware({ ...options, requiredScope: 'admin:write' }), (req, res) => {
    res.json({ admin: requireAuth(req).userId })
  })
  return app
}
