'use strict'

/**
 * @import { Explanation, Facts } from './explain'
 * @import { Tenant, TenantSettings } from './tenant'
 * @import { Reading } from './token'
 */

const { quote } = require('./safe-text')

/**
 * Its signature is good, so it is of this tenant: what differs is the name.
 *
 * @param {Facts} facts
 * @returns {Explanation}
 */
function explainIssuer({ details: { expected, found }, tenant, settings: { issuer } }) {
  if (expected.length > issuer.length) return explainStranger(expected, found)
  const text = `It is signed by this tenant, but calls it ${quote(found)}; accepted: ${expected.map(quote).join(', ')}.`
  if (typeof found !== 'string') return { text, advice: [] }
  const near = expected.find((/** @type {string} */ one) => isAlmost(one, found))
  if (near !== undefined)
    return { text: `${text} They differ in ${differenceOf(near, found)} alone.`, advice: [accept(found)] }
  const said = found === tenant.discovery.issuer ? ', as its discovery document says it is' : ''
  return {
    text: `${text} A tenant has one more name for each custom domain.`,
    advice: [`If that is one of your tenant’s names${said}, accept it, too: issuer: ${quote([...expected, found])}.`],
  }
}

/**
 * Of several tenants, none is the token's: nobody has looked at its signature.
 *
 * @param {string[]} expected
 * @param {unknown} found
 * @returns {Explanation}
 */
function explainStranger(expected, found) {
  const says = typeof found === 'string' ? `It says that it is from ${quote(found)}` : 'It does not say who issued it'
  const text = `${says}; accepted: ${expected.map((one) => quote(one)).join(', ')}.`
  const near = expected.find((one) => typeof found === 'string' && isAlmost(one, found))
  if (near !== undefined)
    return { text: `${text} They differ in ${differenceOf(near, String(found))} alone.`, advice: [] }
  return { text, advice: ['If it is from one more tenant of yours, or a custom domain, add its endpoint to logtoUrl.'] }
}

/**
 * Without keys nobody knows who signed the token; but the token says who did, and that tells a wrong URL from a broken way.
 *
 * @param {Facts} facts
 * @returns {Explanation}
 */
function explainUnavailable({ token: { claims }, settings: { endpoint, issuer } }) {
  const text = 'Nobody can tell: the keys of the tenant are not to be had, as said above. A server answers 503.'
  const iss = claims?.iss
  if (typeof iss !== 'string') return { text, advice: [] }
  if (issuer.includes(iss)) {
    return { text, advice: ['The token says it is from this very tenant: the URL is right, and the way to it is not.'] }
  }
  const near = issuer.find((one) => isAlmost(one, iss))
  const difference = near === undefined ? '' : ` They differ in ${differenceOf(near, iss)} alone.`
  return {
    text,
    advice: [
      `The token says it is from ${quote(iss)}, and the keys are looked for at ${quote(endpoint)}.${difference} Is logtoUrl ` +
        'the endpoint of the tenant that issues your tokens?',
    ],
  }
}

/**
 * The issuer that a token claims, where it is no name that this tenant is known to have.
 *
 * @param {Reading} token
 * @param {TenantSettings} settings
 * @param {Tenant} tenant
 * @returns {string | undefined}
 */
function foreignIssuer({ claims }, { issuer }, { discovery }) {
  const iss = claims?.iss
  return typeof iss === 'string' && !issuer.includes(iss) && iss !== discovery.issuer ? iss : undefined
}

/** @param {string} issuer */
function accept(issuer) {
  return `Issuers are compared to the letter. Set issuer: ${quote(issuer)}.`
}

/**
 * @param {string} a
 * @param {string} b
 */
function isAlmost(a, b) {
  return plain(a) === plain(b)
}

/** @param {string} url */
function plain(url) {
  return url
    .toLowerCase()
    .replace(/^https?:/, '')
    .replace(/\/+$/, '')
}

/**
 * In what two URLs differ that are almost the same.
 *
 * @param {string} a
 * @param {string} b
 */
function differenceOf(a, b) {
  const differences = []
  if (a.endsWith('/') !== b.endsWith('/')) differences.push('the trailing slash')
  if (/^https:/i.test(a) !== /^https:/i.test(b)) differences.push('http and https')
  return differences.join(' and ') || 'upper and lower case'
}

module.exports = { differenceOf, explainIssuer, explainUnavailable, foreignIssuer, isAlmost }
