import type { Middleware, Next, ParameterizedContext } from 'koa'
import type { AuthContext, AuthError, AuthPayload, VerifyAuthOptions } from '.'

/** What `logtoAuth` adds to `ctx.state`. */
export interface AuthState<P = AuthPayload> {
  auth: AuthContext<P>
}

export interface KoaAuthOptions extends VerifyAuthOptions {
  /** Called in place of the default response; `next` goes on, without `ctx.state.auth`. */
  onError?: (error: AuthError, ctx: ParameterizedContext, next: Next) => unknown
}

/**
 * Makes a middleware for Koa that sets `ctx.state.auth`, or answers 401 (with a challenge of RFC 6750) or 503 (with
 * `Retry-After`). A fresh guest id is stored with `Set-Cookie`.
 *
 * @throws {AuthError} `options_invalid`
 */
export function logtoAuth<P extends AuthPayload = AuthPayload>(options: KoaAuthOptions): Middleware<AuthState<P>>
