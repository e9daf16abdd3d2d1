'use strict'

// Why a token is refused, in plain words, and what to do about it.

/**
 * @import { AuthErrorCode } from 'logto-authkit'
 * @import { Details } from '../errors'
 * @import { Tenant, TenantSettings } from './tenant'
 * @import { Reading } from './token'
 */

const { explainAudience } = require('./explain-audience')
const {
  explainActor,
  explainCheck,
  explainClient,
  explainOrganization,
  explainSubjectType,
} = require('./explain-authorization')
const { explainIssuer, explainUnavailable, foreignIssuer } = require('./explain-issuer')
const { explainKind } = require('./explain-kind')
const { quote } = require('./safe-text')
const { duration } = require('./time')

/** What clocks that agree, and the way of a token, make no difference of. */
const NEAR_SECONDS = 120

const SIGN_IN_AGAIN = 'Get a new token: sign in again, or call getAccessToken(resource), which refreshes it.'
const ASK_FOR_RESOURCE =
  'In the client, name your API in the resources of its configuration, and call getAccessToken(resource); machine to ' +
  'machine, send resource=<your API’s indicator> with the request for the token.'

/**
 * What is known of a refusal: `details` are the error's.
 * @typedef {{ details: Details, token: Reading, tenant: Tenant, settings: TenantSettings }} Facts
 *
 * What happened, and what to do about it.
 * @typedef {{ text: string, advice: string[] }} Explanation
 */

/**
 * The codes that a token alone can get. The doctor has read the options before.
 * @typedef {Exclude<AuthErrorCode, 'token_revoked' | 'webhook_invalid' | 'revocations_unavailable' | 'token_missing' | 'role_missing' | 'options_invalid' | 'addon_unavailable'>} TokenCode
 */

/** @type {Record<TokenCode, (facts: Facts) => Explanation>} */
const EXPLANATIONS = {
  token_malformed: ({ details, token }) => {
    if (token.wrappings.length > 0) {
      return {
        text: `What was given is not a token alone: it has ${token.wrappings.join(', ')}.`,
        advice: ['Give the token alone: three parts of letters, digits, "-" and "_", with a dot between them.'],
      }
    }
    if (token.format === 'jwe') {
      return {
        text: 'This is an encrypted token (a JWE, in five parts). Logto issues signed ones, in three parts.',
        advice: ['Is it another provider’s, or a session cookie? Verified is the access token.'],
      }
    }
    return {
      text: `This is not a well-formed token: ${details.reason}.`,
      advice: ['Was all of it copied? A token begins with "ey" and has three parts, with a dot between them.'],
    }
  },

  token_opaque: ({ token }) => {
    if (token.isCutShort) {
      return {
        text: 'This is the first part of a token alone, up to its first dot.',
        advice: ['Copy all three parts.'],
      }
    }
    return {
      text:
        `This is an opaque token (${token.bare.length} characters without a dot): no resource was requested, so Logto ` +
        'issued one that it alone can read.',
      advice: [ASK_FOR_RESOURCE],
    }
  },

  key_not_found: ({ token, tenant, settings }) => {
    const foreign = foreignIssuer(token, settings, tenant)
    const named = token.header?.kid === undefined ? 'It names no key' : `It names the key ${quote(token.header.kid)}`
    if (foreign !== undefined) {
      return {
        text: `${named}, which this tenant does not have: the token says it is from ${quote(foreign)}, another tenant.`,
        advice: ['Set logtoUrl to the tenant that issues your tokens, or have the client sign in to this one.'],
      }
    }
    return {
      text: `${named}, which is not among those this tenant publishes: the keys were rotated, or the tenant is another one.`,
      advice: [SIGN_IN_AGAIN, 'Do client and server name the same tenant?'],
    }
  },

  algorithm_not_allowed: ({ token }) => {
    const alg = quote(token.header?.alg)
    if (/^(HS|none$)/i.test(token.header?.alg)) {
      return {
        text: `It says that it is signed with ${alg}, as no Logto token is, and nobody can rely on.`,
        advice: ['It is another program’s, or forged.'],
      }
    }
    return {
      text: `It says that it is signed with ${alg}, which does not fit the key that it names.`,
      advice: [SIGN_IN_AGAIN],
    }
  },

  signature_invalid: ({ token }) => ({
    text: `It is not what the key ${quote(token.header?.kid)} signed: it was changed on the way, cut short, or forged.`,
    advice: ['Was all of it copied? Whoever changed it, nothing that it claims can be relied on.'],
  }),

  token_expired: ({ details: { exp, now }, tenant }) => ({
    text: `It expired ${duration(now - exp)} ago, by this machine’s clock (${timeOf(exp)}).`,
    advice: [...clockAdvice(now - exp, tenant), `${SIGN_IN_AGAIN} Do not keep tokens past their expiry.`],
  }),

  token_not_yet_valid: ({ details: { nbf, now }, tenant }) => ({
    text: `It is valid in ${duration(nbf - now)}, by this machine’s clock (${timeOf(nbf)}).`,
    advice: clockAdvice(nbf - now, tenant),
  }),

  issuer_invalid: explainIssuer,

  audience_invalid: (facts) => explainAudience(facts, ASK_FOR_RESOURCE),

  claim_invalid: ({ details: { claim, reason } }) => ({
    text: `Its ${claim} is not what it has to be: ${reason}.`,
    advice: ['Is it an access token of Logto, or another kind of token?'],
  }),

  scope_missing: ({ details: { missing, found } }) => ({
    text: `It lacks the scope ${quote(missing)}; ${found ? `it has ${quote(found)}` : 'it has none'}.`,
    advice: [
      'In Logto, give the user, or the machine-to-machine app, a role with that permission of your API resource.',
      'In the client, ask for the scope when signing in, and sign in again: a token keeps the scopes it was issued with.',
    ],
  }),

  organization_invalid: explainOrganization,
  client_invalid: explainClient,
  subject_type_invalid: explainSubjectType,
  actor_invalid: explainActor,
  check_failed: explainCheck,
  jwks_unavailable: explainUnavailable,
}

/**
 * @param {TokenCode} code
 * @param {Facts} facts
 */
function explain(code, facts) {
  return explainKind(code, facts, ASK_FOR_RESOURCE) ?? EXPLANATIONS[code](facts)
}

/**
 * @param {number} seconds
 * @param {Tenant} tenant
 */
function clockAdvice(seconds, { clock }) {
  if (clock.isOff) return ['The clocks differ, as said above: that alone may be why.']
  if (seconds >= NEAR_SECONDS) return []
  return ['Where it is a matter of seconds, clockTolerance lets the clocks differ by some.']
}

/**
 * A time far out of range is no date.
 *
 * @param {number} seconds
 */
function timeOf(seconds) {
  const date = new Date(seconds * 1_000)
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString()
}

module.exports = { explain }
