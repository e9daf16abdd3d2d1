// Apps that declare `req.auth` themselves: the package's own declaration is left out, so that this one stands alone.
import express from 'express'
import type { AuthContext } from 'logto-authkit'
import { createExpressAuthMiddleware } from 'logto-authkit'

declare global {
  namespace Express {
    interface Request {
      auth?: AuthContext
    }
  }
}

const options = { logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' }

export const app = express()
app.get('/me', createExpressAuthMiddleware(options), (req, res) => {
  res.json({ userId: req.auth?.userId })
})
