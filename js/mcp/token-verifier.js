'use strict'

/**
 * @import { AuthError as Refusal } from 'logto-authkit'
 * @import { SdkErrors } from 'logto-authkit/mcp'
 */

const { AuthError, isRefusal } = require('../errors')
const { takeOptions } = require('../given-options')
const { own } = require('../own')
const { createVerifier } = require('../verifier')
const { tellOfMistake } = require('../warnings')
const { infoOf } = require('./auth-info')

/** @type {typeof import('logto-authkit/mcp').tokenVerifier} */
function tokenVerifier(options, errors) {
  const given = takeOptions(options)
  const verifier = createVerifier(/** @type {typeof options} */ ({ ...given, allowGuest: false }))

  return {
    async verifyAccessToken(token) {
      // Anything else would be a request, and a request may have a cookie.
      const text = typeof token === 'string' ? token : ''
      try {
        const auth = /** @type {any} */ (await verifier.verify(text))
        return infoOf(auth, text, [given.audience ?? own(auth.payload, 'aud')].flat())
      } catch (error) {
        throw error instanceof AuthError ? await sdkErrorOf(error, errors) : error
      }
    },
  }
}

/**
 * The error that the SDK's middleware knows: it asks `instanceof`, and answers anything else with 500. The cause is ours.
 *
 * @param {Refusal} error
 * @param {SdkErrors | undefined} given
 * @returns {Promise<Error>} without the SDK, the error itself
 */
async function sdkErrorOf(error, given) {
  if (!isRefusal(error)) tellOfMistake(error)
  const errors = given ?? (await loadSdkErrors())
  if (errors === undefined) return error
  const { InsufficientScopeError, InvalidTokenError, ServerError } = errors
  const { code, status, message } = error.toJSON()

  // A 403, but no challenge that has clients ask for more scopes, in vain.
  class AccessDenied extends InsufficientScopeError {
    static errorCode = 'access_denied'
  }
  const Forbidden = code === 'scope_missing' ? InsufficientScopeError : AccessDenied
  const Class = status === 401 ? InvalidTokenError : status === 403 ? Forbidden : ServerError
  return Object.assign(new Class(message), { cause: error })
}

/**
 * The SDK is there twice, as CommonJS and as ES modules, each with classes of its own. Its CommonJS middleware, if the app has
 * loaded that one, is what calls us.
 *
 * @returns {Promise<SdkErrors | undefined>} undefined where the SDK is not installed
 */
async function loadSdkErrors() {
  try {
    const middleware = require.resolve('@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js')
    if (Object.hasOwn(require.cache, middleware)) return require('@modelcontextprotocol/sdk/server/auth/errors.js')
  } catch {
    // No CommonJS here, as in a bundle of ES modules; or no SDK.
  }
  try {
    return await import('@modelcontextprotocol/sdk/server/auth/errors.js')
  } catch {
    return undefined
  }
}

module.exports = { tokenVerifier }
