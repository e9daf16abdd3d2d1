import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { AuthContext, AuthError, AuthOptions, Check, OrganizationChoice, VerifyAuthOptions } from '.'

declare module 'fastify' {
  interface FastifyRequest {
    /** The author of the request, as `logtoAuth` sets it in the scopes that it guards; `null` or absent in others. */
    auth?: AuthContext | null
  }
}

/** The options of `logtoAuth`. */
export interface FastifyAuthOptions extends VerifyAuthOptions {
  organization?: OrganizationChoice<FastifyRequest>
  check?: Check<FastifyRequest>
  /**
   * Called in place of the default response, so not for guests. The route is not reached: the function has to answer,
   * or to throw. An error that is thrown, or sent as it is, goes to Fastify's error handling, which sends the error's
   * status and headers.
   */
  onError?: (error: AuthError, request: FastifyRequest, reply: FastifyReply) => unknown
}

/**
 * A plugin for Fastify that guards the scope it is registered in: all routes of that scope, and of those that are
 * registered in it afterwards. An `onRequest` hook sets `request.auth`, or answers before the body is read: 401, or 403
 * for a missing scope, with a challenge of [RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3), any other
 * 403 without, or 503 with `Retry-After`. A fresh guest id is stored with `Set-Cookie`, and the response is
 * `Cache-Control: private` unless the app says otherwise.
 *
 * @throws {AuthError} `options_invalid`, and with `engine: 'native'` `addon_unavailable`, where the app starts: by `ready`,
 *   `listen` or `inject`
 * @example
 * app.register(async (signedIn) => {
 *   signedIn.register(logtoAuth, { logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' })
 *   signedIn.get('/me', async (request) => ({ userId: request.auth?.userId }))
 * })
 */
export const logtoAuth: FastifyPluginAsync<AuthOptions<FastifyAuthOptions>>
