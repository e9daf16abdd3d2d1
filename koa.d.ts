import type { Middleware, Next, ParameterizedContext, Request } from 'koa'
import type { AuthContext, AuthError, AuthOptions, AuthPayload, Check, OrganizationChoice, VerifyAuthOptions } from '.'

/** The state that `logtoAuth` adds to: `ctx.state.auth`. */
export interface AuthState<P = AuthPayload> {
  auth: AuthContext<P>
}

/** The options of `logtoAuth`. */
export interface KoaAuthOptions extends VerifyAuthOptions {
  organization?: OrganizationChoice<Request>
  check?: Check<Request>
  /**
   * Called in place of the default response, so not for guests: it answers, or returns `next()` to go on without
   * `ctx.state.auth`. What it throws goes to Koa's error handling, which sends the error's status and headers.
   */
  onError?: (error: AuthError, ctx: ParameterizedContext, next: Next) => unknown
}

/**
 * Makes a middleware for Koa that sets `ctx.state.auth`, or answers: 401, or 403 for a missing scope, with a challenge of
 * [RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3), any other 403 without, or 503 with `Retry-After`.
 * A fresh guest id is stored with `Set-Cookie`, and the response is `Cache-Control: private` unless the app says otherwise.
 *
 * @typeParam P the type of the payload, for claims of the app's own: the compiler believes it, nothing checks it
 * @throws {AuthError} `options_invalid`; with `engine: 'native'`, `addon_unavailable`
 * @example
 * app.use(logtoAuth({ logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' }))
 * app.use((ctx) => {
 *   ctx.body = { userId: ctx.state.auth.userId }
 * })
 */
export function logtoAuth<P extends AuthPayload = AuthPayload>(
  options: AuthOptions<KoaAuthOptions>,
): Middleware<AuthState<P>>
