'use strict'

/** @import { JwksStatus } from 'logto-authkit' */

const { forgetAllKeys, forgetKeys, keysStatus } = require('#engine')
const { authenticatorFor } = require('./authenticator')
const { takeOptions } = require('./given-options')
const { readUrl } = require('./option-values')
const { DEFAULT_POLICY, jwksUriOf, readJwksUri, readLogtoUrl, refuseUnknown } = require('./options')
const { ownMembers } = require('./own')

/** @type {typeof import('logto-authkit').invalidateJwksCache} */
function invalidateJwksCache(target) {
  const urls = typeof target === 'object' && target !== null ? [jwksUriIn(target)] : urlsMeantBy(target)
  return urls.filter((url) => forgetKeys(url)).length
}

/** @type {typeof import('logto-authkit').clearJwksCache} */
function clearJwksCache() {
  forgetAllKeys()
}

/** @type {typeof import('logto-authkit').getJwksStatus} */
function getJwksStatus() {
  return keysStatus()
}

/** @type {typeof import('logto-authkit').isReady} */
function isReady(options) {
  if (options === undefined) {
    const statuses = keysStatus()
    return statuses.length > 0 && statuses.every((status) => canServe(status, DEFAULT_POLICY))
  }
  const { engine, settings } = authenticatorFor(options)
  // Each call of this verifier fetches for itself, so there is nothing to get ready.
  if (settings.skipJwksCache) return true
  const status = keysStatus().find(({ jwksUri }) => jwksUri === settings.jwksUri)
  // A probe may be the only request that a new process gets. A failure is told to whoever needs the keys.
  engine.prefetch().catch(() => {})
  return status !== undefined && canServe(status, settings)
}

/**
 * Whether the keys would verify a token. Expired keys count unless the endpoint is failing: the next request fetches them.
 *
 * @param {JwksStatus} status
 * @param {{ jwksCacheTtlMs: number, jwksMaxStaleMs: number }} policy
 */
function canServe(status, { jwksCacheTtlMs, jwksMaxStaleMs }) {
  const { keys, ageMs = Number.POSITIVE_INFINITY, failure } = ownMembers(status)
  if (keys === 0) return false
  if (failure === undefined || ageMs < jwksCacheTtlMs) return true
  return failure.isOutage && ageMs < jwksCacheTtlMs + jwksMaxStaleMs
}

/** @param {object} options */
function jwksUriIn(options) {
  const given = takeOptions(options)
  refuseUnknown(given)
  return readJwksUri(given)
}

/**
 * The key set URLs that a text may mean: itself, and that of the tenant whose endpoint the text is. The wrong one of the two
 * has no keys.
 *
 * @param {unknown} text
 */
function urlsMeantBy(text) {
  const { href, pathname, search, hash } = readUrl('target', text)
  const isEndpoint = !(search || hash || /\/(jwks|\.well-known\/.*)$/.test(pathname))
  return isEndpoint ? [href, jwksUriOf(readLogtoUrl(text))] : [href]
}

module.exports = { clearJwksCache, getJwksStatus, invalidateJwksCache, isReady }
