'use strict'

// Who a token speaks for: Logto's own marks of it, read from a verified payload.

/** @import { AuthPayload, Principal } from 'logto-authkit' */

const { own } = require('./own')
const { payloadOf } = require('./permissions')

/** The audience of an organization token, up to the organization's id. */
const ORGANIZATION = 'urn:logto:organization:'

/** @type {typeof import('logto-authkit').principalOf} */
function principalOf(subject) {
  const payload = payloadOf(subject)
  const subjectType = subjectTypeOf(payload)
  return {
    subjectType,
    userId: subjectType === 'user' ? textOf(payload, 'sub') : null,
    clientId: textOf(payload, 'client_id'),
    organizationId: organizationIdOf(payload),
    actorId: textOf(own(payload, 'act'), 'sub'),
    scopes: scopesOf(payload),
    expiresAt: own(payload, 'exp') ?? null,
  }
}

/**
 * The subject of a machine-to-machine token is its client.
 *
 * @param {Partial<AuthPayload>} payload
 * @returns {Principal['subjectType']} null where there is no subject
 */
function subjectTypeOf(payload) {
  const sub = textOf(payload, 'sub')
  if (sub === null) return null
  return sub === own(payload, 'client_id') ? 'client' : 'user'
}

/**
 * The id of the one organization that a token is of; null where it is of none, or where it is not clear of which.
 *
 * The audience of an organization token has the id in it, a token for a resource within an organization the claim
 * `organization_id`. A tenant's script may set that claim, so a token may have both.
 *
 * @param {Partial<AuthPayload>} payload
 * @returns {string | null}
 */
function organizationIdOf(payload) {
  const ofAudience = organizationIn(own(payload, 'aud'))
  const hasClaim = Object.hasOwn(payload, 'organization_id')
  if (ofAudience !== undefined && hasClaim && payload.organization_id !== ofAudience) return null
  const id = ofAudience ?? own(payload, 'organization_id')
  return typeof id === 'string' && id !== '' ? id : null
}

/**
 * Whether a token says anything of an organization, however it says so.
 *
 * @param {Partial<AuthPayload>} payload
 */
function namesOrganization(payload) {
  return Object.hasOwn(payload, 'organization_id') || organizationIn(own(payload, 'aud')) !== undefined
}

/**
 * The organization that an audience names; undefined where it names none. An organization beside other audiences is no form of
 * Logto's: nobody knows which of them is meant, so its id is empty.
 *
 * @param {unknown} aud
 * @returns {string | undefined}
 */
function organizationIn(aud) {
  if (!Array.isArray(aud)) return isOfOrganization(aud) ? idOf(aud) : undefined
  const named = aud.filter(isOfOrganization)
  if (named.length === 0) return undefined
  return aud.length === 1 ? idOf(named[0]) : ''
}

/**
 * @param {unknown} audience
 * @returns {audience is string}
 */
function isOfOrganization(audience) {
  return typeof audience === 'string' && audience.startsWith(ORGANIZATION)
}

/** @param {string} audience */
function idOf(audience) {
  return audience.slice(ORGANIZATION.length)
}

/** @param {Partial<AuthPayload>} payload */
function scopesOf(payload) {
  const scope = own(payload, 'scope')
  return typeof scope === 'string' ? [...new Set(scope.split(' ').filter(Boolean))] : []
}

/**
 * @param {any} object
 * @param {string} name
 * @returns {string | null}
 */
function textOf(object, name) {
  const value = typeof object === 'object' && object !== null ? own(object, name) : undefined
  return typeof value === 'string' && value !== '' ? value : null
}

module.exports = { namesOrganization, organizationIdOf, principalOf, subjectTypeOf }
