import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { AuthContext, AuthError, VerifyAuthOptions } from '.'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `logtoAuth`, in the scopes that it guards. */
    auth?: AuthContext | null
  }
}

export interface FastifyAuthOptions extends VerifyAuthOptions {
  /**
   * Called in place of the default response. The route is not reached, so it has to answer, or to throw. An error that is
   * sent as it is goes to Fastify's error handling, which sets the status anew: send `error.toJSON()`.
   */
  onError?: (error: AuthError, request: FastifyRequest, reply: FastifyReply) => unknown
}

/**
 * A plugin for Fastify, `fastify.register(logtoAuth, options)`, that guards the scope it is registered in: all routes of
 * that scope, and of those that are registered in it afterwards. An `onRequest` hook sets `request.auth`, or answers 401
 * (with a challenge of RFC 6750) or 503 (with `Retry-After`) before the body is read. A fresh guest id is stored with
 * `Set-Cookie`.
 *
 * @throws {AuthError} `options_invalid`, where the app starts: by `ready`, `listen` or `inject`
 */
export const logtoAuth: FastifyPluginAsync<FastifyAuthOptions>
