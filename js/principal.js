'use strict'

// Who a token speaks for: Logto's own marks of it, read from a verified payload.

/** @import { AuthPayload, Principal } from 'logto-authkit' */

const { own } = require('./own')
const { payloadOf } = require('./permissions')

/** The audience of an organization token, which ends with the organization's id. */
const ORGANIZATION = /^urn:logto:organization:(.*)$/s

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
 * @param {Partial<AuthPayload>} payload
 * @returns {string | null}
 */
function organizationIdOf(payload) {
  const [id, ...others] = namedOrganizations(payload)
  const isClear = typeof id === 'string' && others.every((other) => other === id)
  return isClear && id !== '' ? id : null
}

/**
 * Whether a token says anything of an organization, however it says so.
 *
 * @param {Partial<AuthPayload>} payload
 */
function namesOrganization(payload) {
  return namedOrganizations(payload).length > 0
}

/**
 * What a token says of organizations: the audience of an organization token has the id in it, a token for a resource within
 * an organization the claim `organization_id`. A tenant's script may set that claim, so a token may have both. An
 * organization's audience beside others is no form of Logto's: it makes the organization unclear.
 *
 * @param {Partial<AuthPayload>} payload
 * @returns {unknown[]}
 */
function namedOrganizations(payload) {
  const audiences = [own(payload, 'aud')].flat()
  const named = audiences.flatMap((audience) => ORGANIZATION.exec(audience)?.[1] ?? [])
  if (named.length > 0 && audiences.length > 1) named.push('')
  return Object.hasOwn(payload, 'organization_id') ? [...named, payload.organization_id] : named
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
