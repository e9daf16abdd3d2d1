import type { Context, MiddlewareHandler, Next } from 'hono'
import type { AuthContext, AuthError, AuthOptions, AuthPayload, Check, OrganizationChoice, VerifyAuthOptions } from '.'

/** The variables that `logtoAuth` sets, for `new Hono<{ Variables: AuthVariables }>()`. */
export type AuthVariables<P = AuthPayload> = { auth: AuthContext<P> }

/** The options of `logtoAuth`. */
export interface HonoAuthOptions extends VerifyAuthOptions {
  organization?: OrganizationChoice<Request>
  check?: Check<Request>
  /**
   * Called in place of the default response, so not for guests: it returns a response, or awaits `next()` to go on
   * without `auth`. What it throws goes to the app's `onError`.
   */
  // biome-ignore lint/suspicious/noExplicitAny: whatever bindings and variables the app has
  onError?: (error: AuthError, c: Context<any>, next: Next) => unknown
}

/**
 * Makes a middleware for Hono, on Node.js and in Edge runtimes, that sets `auth`, for `c.get('auth')`, or answers: 401, or
 * 403 for a missing scope, with a challenge of
 * [RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3), any other 403 without, or 503 with `Retry-After`.
 * A fresh guest id is stored with `Set-Cookie`, and the response is `Cache-Control: private` unless the app says otherwise.
 *
 * @typeParam P the type of the payload, for claims of the app's own: the compiler believes it, nothing checks it
 * @throws {AuthError} `options_invalid`; with `engine: 'native'`, `addon_unavailable`
 * @example
 * const options = { logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' }
 * app.get('/me', logtoAuth(options), (c) => c.json({ userId: c.get('auth').userId }))
 */
export function logtoAuth<P extends AuthPayload = AuthPayload>(
  options: AuthOptions<HonoAuthOptions>,
  // The first, for calls from within a middleware of an app with bindings and variables of its own.
): MiddlewareHandler & MiddlewareHandler<{ Variables: AuthVariables<P> }>
