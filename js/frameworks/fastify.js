'use strict'

/**
 * @import { FastifyReply, FastifyRequest } from 'fastify'
 * @import { AuthError, GuestContext } from 'logto-authkit'
 */

const { Authenticator } = require('../authenticator')
const { refusalResponse } = require('../refusal-response')
const { PRIVATE, buildGuestCookieHeader } = require('../set-cookie')

/** Marks a Fastify scope whose requests have `auth`. The scopes within it inherit the mark. */
const IS_DECORATED = Symbol('logto-authkit: request.auth')

/** @type {typeof import('logto-authkit/fastify').logtoAuth} */
async function logtoAuth(fastify, options) {
  const authenticator = new Authenticator(options)
  const { onError = respond } = authenticator.settings

  // If another plugin has added request.auth, Fastify refuses to start.
  if (!fastify.hasDecorator(IS_DECORATED)) fastify.decorate(IS_DECORATED, true).decorateRequest('auth', null)

  fastify.addHook('onRequest', async (request, reply) => {
    const { auth, error, isFreshGuest } = await authenticator.authenticate(request)
    if (auth === undefined) {
      await onError(error, request, reply)
      // Whatever onError has done, Fastify waits for an answer and does not go on to the route.
      return reply
    }
    if (isFreshGuest) persistGuest(auth, request, reply)
    request.auth = auth
  })
}

// Without it, Fastify would give the plugin a scope of its own, in which there are no routes to guard.
Object.assign(logtoAuth, { [Symbol.for('skip-override')]: true })

/** @type {(error: AuthError, request: unknown, reply: FastifyReply) => void} */
function respond(error, _request, reply) {
  const { status, headers, body } = refusalResponse(error)
  reply.code(status).headers(headers).send(body)
}

/** @type {(guest: GuestContext, request: FastifyRequest, reply: FastifyReply) => void} */
function persistGuest({ guestId }, { protocol }, reply) {
  reply.header('Set-Cookie', buildGuestCookieHeader(guestId, { secure: protocol === 'https' }))
  // The handler may still set its own.
  if (!reply.hasHeader('Cache-Control')) reply.header('Cache-Control', PRIVATE)
}

module.exports = { logtoAuth }
