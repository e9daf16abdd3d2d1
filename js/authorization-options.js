'use strict'

/**
 * @import { VerifyAuthOptions } from 'logto-authkit'
 * @import { GivenOptions } from './given-options'
 * @import { Revocations } from './revocation/list'
 */

const { invalid, isText, readFlag, readTexts } = require('./option-values')
const { isRevocationList } = require('./revocation/list')

/**
 * What authorization.js asks of a good token: each option of that name, undefined where it is not asked.
 *
 * @typedef {object} AuthorizationSettings
 * @property {VerifyAuthOptions['organization']} organization
 * @property {string[] | undefined} clientId
 * @property {'user' | 'client' | undefined} subjectType
 * @property {boolean} allowActor
 * @property {VerifyAuthOptions['check']} check
 * @property {Revocations | undefined} revocations
 */

const SUBJECT_TYPES = ['user', 'client']

/**
 * @param {GivenOptions} given
 * @returns {AuthorizationSettings}
 * @throws {AuthError} `options_invalid`, naming the option
 */
function readAuthorization({ organization, clientId, subjectType, allowActor = true, check, revocations, audience }) {
  if (subjectType !== undefined && !SUBJECT_TYPES.includes(subjectType)) {
    throw invalid('subjectType', `none of ${SUBJECT_TYPES.join(', ')}`)
  }
  if (revocations !== undefined && !isRevocationList(revocations)) {
    throw invalid('revocations', 'not made by createRevocationList')
  }
  if (check !== undefined && typeof check !== 'function') throw invalid('check', 'not a function')
  return {
    organization: organization === undefined ? undefined : readOrganization(organization, audience !== undefined),
    clientId: clientId === undefined ? undefined : readTexts('clientId', clientId),
    subjectType,
    allowActor: readFlag('allowActor', allowActor),
    check,
    revocations,
  }
}

/**
 * The option `organization`, of a verifier or of one call.
 *
 * @param {any} value
 * @param {boolean} hasAudience whether the verifier's tokens are for API resources; else they are organization tokens
 */
function readOrganization(value, hasAudience) {
  if (value === false && !hasAudience) {
    throw invalid('organization', 'without audience, tokens are for an organization: false would let nobody in')
  }
  if (typeof value === 'boolean' || typeof value === 'function' || isText(value)) return value
  throw invalid('organization', 'not an id, a boolean or a function')
}

module.exports = { readAuthorization, readOrganization }
