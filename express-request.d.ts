import type { AuthContext } from '.'

declare global {
  namespace Express {
    interface Request {
      /** Set by `createExpressAuthMiddleware`. */
      auth?: AuthContext
    }
  }
}
