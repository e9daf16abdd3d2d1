'use strict'

/** @import { AuthenticatedContext, AuthPayload } from 'logto-authkit' */
/** @import { AuthInfo } from 'logto-authkit/mcp' */

const { decode } = require('../engines/portable/base64url')
const { extractToken } = require('../extract-token')
const { invalid } = require('../option-values')
const { own } = require('../own')
const { principalOf } = require('../principal')

/** Claims by which a token is told from others. */
const MARKS = ['iss', 'sub', 'iat', 'exp', 'jti']

/** An MCP client sends its token in the header alone. */
const HEADER_ONLY = /** @type {const} */ ({ cookieName: '', tokenFrom: 'header' })

/**
 * @param {import('logto-authkit').AuthContext<any> | null | undefined} auth
 * @param {unknown} tokenOrRequest
 * @returns {AuthInfo<any> | undefined}
 */
function authInfoOf(auth, tokenOrRequest) {
  if (own(Object(auth), 'isAuthenticated') !== true) return undefined
  const context = /** @type {AuthenticatedContext<any>} */ (auth)
  const token = typeof tokenOrRequest === 'string' ? tokenOrRequest : extractToken(tokenOrRequest, HEADER_ONLY)
  if (token === undefined || !isTokenOf(context.payload, token)) {
    throw invalid('tokenFrom', 'the token of the Authorization header is not the verified one; "header" is needed here')
  }
  return infoOf(context, token, audiencesOf(context.payload))
}

/**
 * What the MCP SDK calls an AuthInfo. `extra` is the context itself, for `requireScopes`, `principalOf` and their like.
 *
 * @param {AuthenticatedContext<any>} auth
 * @param {string} token
 * @param {unknown[]} accepted the audiences of which one has to be the token's
 * @returns {AuthInfo<any>}
 */
function infoOf(auth, token, accepted) {
  const { clientId, scopes } = principalOf(auth)
  const resource = resourceOf(audiencesOf(auth.payload), accepted)
  const extra = /** @type {AuthInfo<any>['extra']} */ (/** @type {unknown} */ (auth))
  const info = { token, clientId: clientId ?? '', scopes, expiresAt: own(auth.payload, 'exp'), extra }
  return resource === undefined ? info : { ...info, resource }
}

/**
 * The audience that was accepted; undefined where it is no URL, or where it is not clear which it was.
 *
 * @param {unknown[]} audiences of the token
 * @param {unknown[]} accepted
 */
function resourceOf(audiences, accepted) {
  const matching = accepted.filter((audience) => audiences.includes(audience))
  const [text] = matching
  return matching.length === 1 && typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
}

/** @param {AuthPayload} payload */
function audiencesOf(payload) {
  return [own(payload, 'aud')].flat()
}

/**
 * Whether a payload is that of a token. With a cookie and a header, a request may carry two tokens, of which one is verified.
 *
 * @param {AuthPayload} payload
 * @param {string} token
 */
function isTokenOf(payload, token) {
  try {
    const claims = JSON.parse(new TextDecoder().decode(decode(token.split('.')[1] ?? '')))
    return MARKS.every((name) => own(claims, name) === own(payload, name))
  } catch {
    return false
  }
}

module.exports = {
  authInfoOf: /** @type {typeof import('logto-authkit/mcp').authInfoOf} */ (authInfoOf),
  infoOf,
}
