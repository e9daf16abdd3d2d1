'use strict'

// OAuth 2.0 Protected Resource Metadata (RFC 9728): where a client that was refused learns which tenant issues tokens.

/**
 * @import { GivenOptions } from '../given-options'
 * @import { ResourceMetadataDocument } from 'logto-authkit/mcp'
 */

const { takeOptions } = require('../given-options')
const { invalid, isText, readScopes, readTexts, readUrl, refuseOthers } = require('../option-values')
const { memberOf } = require('../own')
const { issuerOf, readLogtoUrl } = require('../tenant-options')

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

const KNOWN = ['logtoUrl', 'issuer', 'resource', 'scopes', 'resourceName', 'resourceDocumentation']

const METHODS = 'GET, HEAD, OPTIONS'

/** Any web page may read what is public: clients that run in a browser are on other origins. */
const CORS = { 'Access-Control-Allow-Origin': '*' }
const PREFLIGHT = { ...CORS, 'Access-Control-Allow-Methods': METHODS, 'Access-Control-Allow-Headers': '*' }

/** @type {typeof import('logto-authkit/mcp').resourceMetadata} */
function resourceMetadata(options) {
  const given = takeOptions(options)
  refuseOthers(given, KNOWN)
  const { origin, pathname, search } = readResource(given.resource)
  const path = WELL_KNOWN + (pathname === '/' ? '' : pathname)
  const paths = path === WELL_KNOWN ? [path] : [path, WELL_KNOWN]
  const document = documentOf(given)
  const text = JSON.stringify(document)

  return {
    document,
    path,
    paths,
    url: origin + path + search,
    fetchHandler({ method, url }) {
      if (!isOneOf(paths, new URL(url).pathname)) return new Response(null, { status: 404 })
      const { status, headers, body } = answerTo(method, text)
      return new Response(method === 'HEAD' ? null : body, { status, headers })
    },
    expressHandler(req, res, next) {
      // Of a router that is mounted somewhere, `url` is only what comes after that.
      const [requested] = String(memberOf(req, 'originalUrl') ?? req.url).split('?', 1)
      if (!isOneOf(paths, requested ?? '')) return next()
      const { status, headers, body } = answerTo(req.method, text)
      res.statusCode = status
      for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
      res.end(body ?? undefined)
    },
  }
}

/**
 * The URL of the resource, which stands in the document as it was given: it is compared character by character.
 *
 * @param {unknown} value
 */
function readResource(value) {
  const url = readUrl('resource', value)
  if (/\s/.test(String(value))) throw invalid('resource', 'white space has no place in it')
  if (String(value).includes('#')) throw invalid('resource', 'a fragment has no place in it')
  return url
}

/**
 * RFC 9728 section 2. What is not known is left out.
 *
 * @param {GivenOptions} given
 * @returns {ResourceMetadataDocument}
 */
function documentOf(given) {
  const { resource, scopes, resourceName, resourceDocumentation } = given
  if (resourceName !== undefined && !isText(resourceName)) throw invalid('resourceName', 'not a non-empty string')
  return Object.freeze({
    resource,
    authorization_servers: Object.freeze(readIssuers(given)),
    ...(scopes !== undefined && { scopes_supported: Object.freeze(readScopes('scopes', scopes)) }),
    bearer_methods_supported: Object.freeze(/** @type {const} */ (['header'])),
    ...(resourceName !== undefined && { resource_name: resourceName }),
    ...(resourceDocumentation !== undefined && {
      resource_documentation: readUrl('resourceDocumentation', resourceDocumentation).href,
    }),
  })
}

/**
 * @param {GivenOptions} given
 * @returns {string[]}
 */
function readIssuers({ logtoUrl, issuer }) {
  const endpoints = (Array.isArray(logtoUrl) && logtoUrl.length > 0 ? logtoUrl : [logtoUrl]).map(readLogtoUrl)
  if (issuer === undefined) return endpoints.map(issuerOf)
  const issuers = readTexts('issuer', issuer)
  for (const text of issuers) readUrl('issuer', text)
  return issuers
}

/**
 * Whether a path is one of some, a slash at its end aside: clients leave it out.
 *
 * @param {string[]} paths
 * @param {string} path
 */
function isOneOf(paths, path) {
  return paths.some((one) => one === path || one === `${path}/` || `${one}/` === path)
}

/**
 * @param {string | undefined} method
 * @param {string} text
 * @returns {{ status: number, headers: Record<string, string>, body: string | null }}
 */
function answerTo(method, text) {
  if (method === 'OPTIONS') return { status: 204, headers: PREFLIGHT, body: null }
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, headers: { ...CORS, Allow: METHODS }, body: null }
  return { status: 200, headers: { ...CORS, 'Content-Type': 'application/json' }, body: text }
}

module.exports = { resourceMetadata }
