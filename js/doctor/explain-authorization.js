'use strict'

// Why a good token may not do what is asked: the refusals of js/authorization.js.

/** @import { Explanation, Facts } from './explain' */

const { quote } = require('./safe-text')

/**
 * @param {Facts} facts
 * @returns {Explanation}
 */
function explainOrganization({ details: { expected, found } }) {
  const isOf = found === null ? 'of no organization, or not clear of which' : `of the organization ${quote(found)}`
  if (expected === false) {
    return {
      text: `The token is ${isOf}, and the API asks for one that is of none (organization: false).`,
      advice: ['In the client, call getAccessToken(resource) without an organization id.'],
    }
  }
  const wanted = typeof expected === 'string' ? `the organization ${quote(expected)}` : 'an organization'
  return {
    text: `The token is ${isOf}, and the API asks for one of ${wanted}.`,
    advice: [
      'In the client, ask for the scope urn:logto:scope:organizations when signing in, and call ' +
        'getAccessToken(resource, organizationId), or getOrganizationToken(organizationId) where the API has no audience.',
      'A token without an organization also carries scopes that the user holds only through some organization’s role: they ' +
        'prove nothing about this one, and no global role.',
    ],
  }
}

/**
 * @param {Facts} facts
 * @returns {Explanation}
 */
function explainClient({ details: { found } }) {
  return {
    text: `The token was issued to ${found === null ? 'no client that it names' : `the client ${quote(found)}`}.`,
    advice: ['Add the client’s id to clientId, if it may call this API: Logto calls it the App ID of the application.'],
  }
}

/**
 * @param {Facts} facts
 * @returns {Explanation}
 */
function explainSubjectType({ details: { found } }) {
  const text =
    found === 'client'
      ? 'This is a machine’s token: its sub is its client_id. The API asks for a user’s (subjectType).'
      : 'This is a user’s token. The API asks for a machine’s, whose sub is its client_id (subjectType).'
  return { text, advice: ['Send the token of the other kind, or leave subjectType out where both may call.'] }
}

/**
 * @param {Facts} facts
 * @returns {Explanation}
 */
function explainActor({ details: { found } }) {
  return {
    text: `With this token ${found === null ? 'somebody' : quote(found)} acts for its subject (act), and allowActor is false.`,
    advice: ['Sign in as the user: tokens of impersonation are refused here.'],
  }
}

/** @returns {Explanation} */
function explainCheck() {
  return {
    text: 'The app’s own check refused the token.',
    advice: ['Only the app knows why: look at its option check.'],
  }
}

module.exports = { explainActor, explainCheck, explainClient, explainOrganization, explainSubjectType }
