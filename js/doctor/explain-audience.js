'use strict'

/**
 * @import { Explanation, Facts } from './explain'
 * @import { Reading } from './token'
 */

const { differenceOf, isAlmost } = require('./explain-issuer')
const { quote } = require('./safe-text')

const ORGANIZATION = 'urn:logto:organization:'

/**
 * @param {Facts} facts
 * @param {string} askForResource
 * @returns {Explanation}
 */
function explainAudience({ details }, askForResource) {
  /** @type {Record<string, string[]>} */
  const { expected, found } = details
  const wanted = expected.map(quote).join(', ')
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
        `If the server is to accept organization tokens, leave audience out, and set organization: ${organizationIn(found)}.`,
      ],
    }
  }
  return {
    text,
    advice: ['Have the client request it for this API.', askForResource, 'Or is the audience here a wrong one?'],
  }
}

/** @param {string[]} audiences */
function organizationIn(audiences) {
  return quote(audiences.find((one) => one.startsWith(ORGANIZATION))?.slice(ORGANIZATION.length))
}

module.exports = { explainAudience }
