'use strict'

// The claims of the tokens that Logto issues, in Logto's order.

/** @import { TestTokenOptions } from 'logto-authkit/testing' */

const { randomUUID } = require('node:crypto')
const { invalid, isText, readFlag } = require('../option-values')
const { secondsNow } = require('./real-clock')

const ONE_HOUR = 3_600

/** The options that say of which kind a token is, by way of claims. */
const IDS = ['organization', 'organizationToken', 'actor']

/**
 * @param {{ iss: string, aud: string | string[] }} defaults
 * @param {Omit<TestTokenOptions, 'header'>} token what `issueToken` was given
 * @throws {AuthError} `options_invalid`, naming the option
 */
function claimsOf({ iss, aud }, { expiresIn = ONE_HOUR, ...token }) {
  if (typeof expiresIn !== 'number' || !Number.isFinite(expiresIn))
    throw invalid('expiresIn', 'not a number of seconds')
  for (const name of IDS) {
    if (token[name] !== undefined && !isText(token[name])) throw invalid(name, 'not an id')
  }
  const { organization, organizationToken, actor, machine, audience = aud, ...changes } = token
  const now = secondsNow()
  const exp = now + expiresIn
  /** @type {Record<string, unknown>} */
  const claims = {
    jti: randomUUID(),
    sub: 'user-1',
    // One that has expired was issued before it did.
    iat: Math.min(now, exp - 1),
    exp,
    scope: '',
    client_id: 'app-1',
    iss,
    aud: audience,
    ...(actor === undefined ? {} : { act: { sub: actor } }),
    ...(organization === undefined ? {} : { organization_id: organization }),
    ...(organizationToken === undefined ? {} : { aud: organizationAudience(organizationToken, token) }),
    ...(readFlag('machine', machine) ? subjectOfMachine(changes) : {}),
    ...changes,
  }
  // Without scopes, a user's token has an empty claim, and a machine's has none.
  if (claims.scope === '' && claims.sub === claims.client_id) delete claims.scope
  return claims
}

/**
 * An organization token is for the organization itself: it has no other audience, and is not within an organization.
 *
 * @param {unknown} id
 * @param {TestTokenOptions} token
 */
function organizationAudience(id, { audience, organization }) {
  if (audience !== undefined) throw invalid('audience', 'not beside organizationToken, which is the audience')
  if (organization !== undefined) throw invalid('organization', 'not beside organizationToken: a token is of one kind')
  return `urn:logto:organization:${id}`
}

/**
 * The subject of a machine's token is its client.
 *
 * @param {TestTokenOptions} changes
 */
function subjectOfMachine({ sub, client_id: clientId = sub ?? 'app-1' }) {
  if (sub !== undefined && sub !== clientId) throw invalid('machine', 'sub and client_id differ, as no machine’s do')
  return { sub: clientId, client_id: clientId }
}

module.exports = { claimsOf }
