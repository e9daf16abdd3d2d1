import type { Context, MiddlewareHandler, Next } from 'hono'
import type { AuthContext, AuthError, AuthPayload, VerifyAuthOptions } from '.'

/** What `logtoAuth` sets, for `new Hono<{ Variables: AuthVariables }>()`. */
export type AuthVariables<P = AuthPayload> = { auth: AuthContext<P> }

export interface HonoAuthOptions extends VerifyAuthOptions {
  /** Called in place of the default response, to return its own; `next` goes on, without `auth`. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever bindings and variables the app has
  onError?: (error: AuthError, c: Context<any>, next: Next) => unknown
}

/**
 * Makes a middleware for Hono, on Node.js and in Edge runtimes, that sets `auth`, for `c.get('auth')`, or answers 401
 * (with a challenge of RFC 6750) or 503 (with `Retry-After`). A fresh guest id is stored with `Set-Cookie`.
 *
 * @throws {AuthError} `options_invalid`
 */
export function logtoAuth<P extends AuthPayload = AuthPayload>(
  options: HonoAuthOptions,
  // The first, for calls from within a middleware of an app with bindings and variables of its own.
): MiddlewareHandler & MiddlewareHandler<{ Variables: AuthVariables<P> }>
