'use strict'

/**
 * @import { Explanation, Facts } from './explain'
 * @import { Reading } from './token'
 */

const { differenceOf, isAlmost } = require('./explain-issuer')
const { quote } = require('./safe-text')

const ORGANIZATION = 'urn:logto:organization:'

/** Claims that Logto's ID tokens have, and its access tokens do not. */
const OF_ID_TOKENS = ['at_hash', 'nonce', 'auth_time', 's_hash', 'c_hash']

/**
 * @param {Facts} facts
 * @param {string} askForResource
 * @returns {Explanation}
 */
function explainAudience({ details, token }, askForResource) {
  /** @type {Record<string, string[]>} */
  const { expected, found } = details
  const wanted = expected.map(quote).join(', ')
  if (looksLikeIdToken(token)) {
    return {
      text: `This looks like an ID token, for the client ${quote(found[0])} alone. The server needs an access token.`,
      advice: [askForResource],
    }
  }
  const text = `It is for ${found.map(quote).join(', ') || 'no API at all'}; accepted: ${wanted}.`
  const near = found.flatMap((one) => expected.filter((other) => isAlmost(one, other)).map((other) => [other, one]))[0]
  if (near !== undefined) {
    return {
      text: `${text} They differ in ${differenceOf(near[0], near[1])} alone, and are compared to the letter.`,
      advice: [`Set audience to the API resource’s indicator as Logto’s console shows it: ${quote(near[1])}.`],
    }
  }
  if (found.some((one) => one.startsWith(ORGANIZATION))) {
    return {
      text: `${text} This is an organization token.`,
      advice: [
        'For your API inside an organization, call getAccessToken(resource, organizationId).',
        `If the server is to accept organization tokens, set audience: ${quote(found[0])}.`,
      ],
    }
  }
  return {
    text,
    advice: ['Have the client request it for this API.', askForResource, 'Or is the audience here a wrong one?'],
  }
}

/**
 * Never where the header says that it is an access token (RFC 9068).
 *
 * @param {Reading} token
 */
function looksLikeIdToken({ header, claims }) {
  if (header?.typ === 'at+jwt' || claims === null) return false
  return !('client_id' in claims) && !('scope' in claims) && OF_ID_TOKENS.some((name) => name in claims)
}

module.exports = { explainAudience, looksLikeIdToken }
