// `req.auth` is known to Express once this entry is imported, anywhere in the app.
import 'logto-authkit/express-request'
import type { NextFunction, Request, Response } from 'express'
import express from 'express'
import type { AuthContext, AuthError, ExpressAuthOptions, VerifyAuthOptions } from 'logto-authkit/server'
import { createCsrfMiddleware, createExpressAuthMiddleware, requireRole } from 'logto-authkit/server'

const options = { logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' }

const forbid = createExpressAuthMiddleware({
  ...options,
  requiredScope: 'admin:write',
  onError: (error: AuthError, _req: Request, res: Response, _next: NextFunction) => {
    res
      .status(error.status)
      .set('WWW-Authenticate', error.headers['WWW-Authenticate'] ?? '')
      .json(error)
  },
})

// Without annotations, the parameters are known all the same.
const redirecting: ExpressAuthOptions = {
  ...options,
  onError: (error, req, res, next) => {
    if (error.code === 'options_invalid') return next(error)
    if (req.get('accept') === 'text/html') return res.redirect(`/sign-in?from=${encodeURIComponent(req.originalUrl)}`)
    return res.status(error.status).set('Cache-Control', 'no-store').json(error)
  },
}

// A promise is waited for.
const logging = createExpressAuthMiddleware({
  ...options,
  async onError(error, { method, path, ip, headers }, res) {
    await Promise.resolve(console.warn(method, path, ip, headers.referer, error.details))
    if (!res.headersSent) res.status(error.status).send(error.message)
  },
})

// Options for any function are options for this one.
declare const shared: VerifyAuthOptions

export const guard: (req: Request, res: Response, next: NextFunction) => void | Promise<void> =
  createExpressAuthMiddleware(shared)

createExpressAuthMiddleware({
  ...options,
  // @ts-expect-error a method that no response has
  onError: (error, _req, res) => res.status(error.status).jsonify(error),
})
createExpressAuthMiddleware({
  ...options,
  // @ts-expect-error the error comes first
  onError: (_req: Request, res: Response) => res.sendStatus(401),
})
// @ts-expect-error nobody else's status
createExpressAuthMiddleware(options)({ headers: {} }, { status: 401 }, () => {})

export const app = express()
app.use('/pages', createExpressAuthMiddleware(redirecting), logging)
app.use(createCsrfMiddleware())
app.get('/me', createExpressAuthMiddleware(options), (req, res) => {
  const auth: AuthContext | undefined = req.auth
  res.json({ userId: auth?.userId, scope: req.auth?.payload?.scope })
})
app.use('/admin', forbid, (req, _res, next) => {
  requireRole(req.auth, 'admin')
  next()
})
