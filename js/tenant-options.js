'use strict'

// The options that say which tenants issue the tokens, and where their keys are.

/** @import { GivenOptions } from './given-options' */

const { invalid, readTexts, readUrl } = require('./option-values')

/** A URL that people paste in place of the endpoint: that of the key set, or of a discovery document. */
const DOCUMENT = /^(.*?)((?:\/oidc)?\/\.well-known(?:\/.*)?|\/oidc\/jwks)$/

/**
 * A tenant whose tokens are accepted. Its issuers are bound to its keys, and to no other's.
 * @typedef {{ endpoint: string, issuer: string[], jwksUri: string }} Tenant
 */

/**
 * @param {GivenOptions} given
 * @returns {Tenant[]} one, or where `logtoUrl` is an array one for each element
 * @throws {AuthError} `options_invalid`
 */
function readTenants(given) {
  if (Array.isArray(given.logtoUrl)) return readSeveral(given)
  const endpoint = readLogtoUrl(given.logtoUrl)
  const issuer = given.issuer === undefined ? [issuerOf(endpoint)] : readTexts('issuer', given.issuer)
  return [{ endpoint, issuer, jwksUri: given.jwksUri === undefined ? jwksUriOf(endpoint) : readJwksUri(given) }]
}

/** @param {GivenOptions} given */
function readSeveral(given) {
  for (const name of ['issuer', 'jwksUri', 'jwks', 'initialJwks']) {
    if (given[name] !== undefined) {
      throw invalid(name, 'not beside a list of tenants in logtoUrl: each of these has its own')
    }
  }
  /** @type {string[]} */
  const endpoints = given.logtoUrl.map(readLogtoUrl)
  if (endpoints.length === 0) throw invalid('logtoUrl', 'an empty list of tenants')
  if (new Set(endpoints).size < endpoints.length) throw invalid('logtoUrl', 'names a tenant twice')
  return endpoints.map((endpoint) => ({ endpoint, issuer: [issuerOf(endpoint)], jwksUri: jwksUriOf(endpoint) }))
}

/**
 * The key set URLs of an options object, which may lack its other options.
 *
 * @param {GivenOptions} given
 * @throws {AuthError} `options_invalid`
 */
function readJwksUris(given) {
  const isAlone = given.logtoUrl === undefined && given.jwksUri !== undefined
  return isAlone ? [readJwksUri(given)] : readTenants(given).map(({ jwksUri }) => jwksUri)
}

/** @param {GivenOptions} given */
function readJwksUri({ jwksUri }) {
  return readUrl('jwksUri', jwksUri).href
}

/**
 * The endpoint without trailing slashes and without a trailing /oidc.
 *
 * @param {unknown} value
 */
function readLogtoUrl(value) {
  const { origin, pathname, search, hash } = readUrl('logtoUrl', value)
  if (search || hash) throw invalid('logtoUrl', 'a query or fragment has no place in it')
  const path = withoutTrailingSlashes(pathname)
  const [, base, document] = DOCUMENT.exec(path) ?? []
  if (document !== undefined) throw invalid('logtoUrl', `the endpoint is ${origin}${base}, without ${document}`)
  return origin + withoutTrailingSlashes(path.replace(/\/oidc$/, ''))
}

/**
 * The issuer of a tenant, given its normalised endpoint.
 *
 * @param {string} endpoint
 */
function issuerOf(endpoint) {
  return `${endpoint}/oidc`
}

/**
 * The default key set URL of a tenant, given its normalised endpoint.
 *
 * @param {string} endpoint
 */
function jwksUriOf(endpoint) {
  return `${issuerOf(endpoint)}/jwks`
}

/** @param {string} path */
function withoutTrailingSlashes(path) {
  let end = path.length
  while (end > 0 && path[end - 1] === '/') end -= 1
  return path.slice(0, end)
}

module.exports = { issuerOf, jwksUriOf, readJwksUris, readLogtoUrl, readTenants }
