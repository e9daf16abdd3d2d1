// `req.auth` is known to Express once this entry is imported, anywhere in the app.
import 'logto-authkit/express-request'
import type { NextFunction, Request, Response } from 'express'
import express from 'express'
import type { AuthContext, AuthError } from 'logto-authkit/server'
import { createCsrfMiddleware, createExpressAuthMiddleware, requireRole } from 'logto-authkit/server'

const options = { logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' }

const forbid = createExpressAuthMiddleware({
  ...options,
  requiredScope: 'admin:write',
  onError: (error: AuthError, _req: Request, res: Response, _next: NextFunction) => {
    res.status(error.code === 'scope_missing' ? 403 : error.status).json(error)
  },
})

export const app = express()
app.use(createCsrfMiddleware())
app.get('/me', createExpressAuthMiddleware(options), (req, res) => {
  const auth: AuthContext | undefined = req.auth
  res.json({ userId: auth?.userId, scope: req.auth?.payload?.scope })
})
app.use('/admin', forbid, (req, _res, next) => {
  requireRole(req.auth, 'admin')
  next()
})
