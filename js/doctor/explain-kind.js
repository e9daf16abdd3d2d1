'use strict'

/**
 * @import { Explanation, Facts } from './explain'
 * @import { TenantSettings } from './tenant'
 * @import { Reading } from './token'
 */

// What to do with a token of Logto's that no API takes, whatever is wrong with it besides.

const { quote } = require('./safe-text')
const { kindOf } = require('./token-kind')

/** The codes that such a token gets for what it is. Others, such as `token_expired`, say more than its kind would. */
const OF_THE_KIND = new Set(['token_opaque', 'audience_invalid', 'claim_invalid', 'scope_missing'])

/** For the exchange (RFC 8693) of either token: what Logto calls it. */
const TOKEN_TYPES = {
  'personal access token': 'urn:logto:token-type:personal_access_token',
  'subject token': 'urn:ietf:params:oauth:token-type:access_token',
}

/**
 * @param {string} code
 * @param {Facts} facts
 * @param {string} askForResource how a client gets an access token
 * @returns {Explanation | undefined} undefined where the kind of token explains nothing
 */
function explainKind(code, { token, settings }, askForResource) {
  const kind = OF_THE_KIND.has(code) ? kindOf(token) : undefined
  if (kind === 'ID token') return { text: idTokenText(token), advice: [askForResource] }
  if (kind === 'logout token') {
    return {
      text: 'This is a logout token, by which Logto tells an app that a session has ended. It lets nobody in.',
      advice: ['Was it sent to the right address? An API takes access tokens alone.'],
    }
  }
  return kind && { text: exchangeText(kind), advice: [exchangeAdvice(kind, settings)] }
}

/**
 * What to say of a token that a server accepts all the same.
 *
 * @param {Reading} token
 */
function warnOfKind(token) {
  if (kindOf(token) !== 'ID token') return []
  return [
    `${idTokenText(token)} It is accepted because the audience here is the client’s id: set your API’s indicator.`,
  ]
}

/** @param {Reading} token */
function idTokenText({ claims }) {
  return `This looks like an ID token, for the client ${quote(claims?.aud)} alone. The server needs an access token.`
}

/** @param {keyof typeof TOKEN_TYPES} kind */
function exchangeText(kind) {
  return `This is a ${kind}: Logto alone can read it, and no API takes it. It has to be exchanged for an access token.`
}

/**
 * @param {keyof typeof TOKEN_TYPES} kind
 * @param {TenantSettings} settings
 */
function exchangeAdvice(kind, { endpoint, audience }) {
  const wanted = audience.length > 0 ? `resource=${audience[0]}` : 'organization_id=<the organization’s id>'
  return (
    `POST to ${endpoint}/oidc/token, as an app that may exchange tokens: ` +
    'grant_type=urn:ietf:params:oauth:grant-type:token-exchange, ' +
    `subject_token=<this token>, subject_token_type=${TOKEN_TYPES[kind]}, ${wanted}.`
  )
}

module.exports = { explainKind, warnOfKind }
