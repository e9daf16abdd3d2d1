import type { AuthContext } from '.'

declare global {
  namespace Express {
    interface Request {
      /** The author of the request, as `createExpressAuthMiddleware` sets it; absent where no such middleware ran. */
      auth?: AuthContext
    }
  }
}
