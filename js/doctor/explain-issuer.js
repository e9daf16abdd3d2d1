'use strict'

const { quote } = require('./safe-text')

/** Its signature is good, so it is of this tenant: what differs is the name. */
function explainIssuer({ details: { expected, found }, tenant }) {
  const text = `It is signed by this tenant, but calls it ${quote(found)}; accepted: ${expected.map(quote).join(', ')}.`
  if (typeof found !== 'string') return { text, advice: [] }
  const near = expected.find((one) => isAlmost(one, found))
  if (near !== undefined)
    return { text: `${text} They differ in ${differenceOf(near, found)} alone.`, advice: [accept(found)] }
  const said = found === tenant.discovery.issuer ? ', as its discovery document says it is' : ''
  return {
    text: `${text} A tenant with a custom domain has two names.`,
    advice: [`If that is your tenant’s other name${said}, accept both: issuer: ${quote([...expected, found])}.`],
  }
}

/** The issuer that a token claims, where it is no name that this tenant is known to have. */
function foreignIssuer({ claims }, { issuer }, { discovery }) {
  const iss = claims?.iss
  return typeof iss === 'string' && !issuer.includes(iss) && iss !== discovery.issuer ? iss : undefined
}

function accept(issuer) {
  return `Issuers are compared to the letter. Set issuer: ${quote(issuer)}.`
}

function isAlmost(a, b) {
  return plain(a) === plain(b)
}

function plain(url) {
  return url
    .toLowerCase()
    .replace(/^https?:/, '')
    .replace(/\/+$/, '')
}

/** In what two URLs differ that are almost the same. */
function differenceOf(a, b) {
  const differences = []
  if (a.endsWith('/') !== b.endsWith('/')) differences.push('the trailing slash')
  if (/^https:/i.test(a) !== /^https:/i.test(b)) differences.push('http and https')
  return differences.join(' and ') || 'upper and lower case'
}

module.exports = { differenceOf, explainIssuer, foreignIssuer, isAlmost }
