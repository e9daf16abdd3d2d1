'use strict'

/** @import { JwksStatus } from 'logto-authkit' */

const { forgetAllKeys, forgetKeys, getEngine, keysOf, keysStatus } = require('#engine')
const { authenticatorFor } = require('./authenticator')
const { takeOptions } = require('./given-options')
const { invalid, readUrl } = require('./option-values')
const { DEFAULT_POLICY, refuseUnknown } = require('./options')
const { ownMembers } = require('./own')
const { jwksUriOf, readJwksUris, readLogtoUrl } = require('./tenant-options')

/** @type {typeof import('logto-authkit').invalidateJwksCache} */
function invalidateJwksCache(target) {
  return urlsOf(target).filter((url) => forgetKeys(url)).length
}

/** @type {typeof import('logto-authkit').clearJwksCache} */
function clearJwksCache() {
  forgetAllKeys()
}

/** @type {typeof import('logto-authkit').exportJwks} */
function exportJwks(target) {
  if (Array.isArray(target)) throw invalid('target', 'one tenant at a time')
  const urls = urlsOf(target)
  if (urls.length > 1 && typeof target !== 'string') throw invalid('target', 'one tenant at a time')
  const found = urls.map(keysOf).find((keys) => keys !== undefined)
  return found === undefined ? null : { keys: found.keys, fetchedAt: Math.floor(Date.now() - found.ageMs) }
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
  // Each call of this verifier fetches for itself, or none does, so there is nothing to get ready.
  if (settings.skipJwksCache || settings.jwks !== undefined) return true
  const statuses = keysStatus().filter(({ jwksUri }) => settings.tenants.some((tenant) => tenant.jwksUri === jwksUri))
  // A probe may be the only request that a new process gets. A failure is told to whoever needs the keys.
  engine.prefetch().catch(() => {})
  return statuses.some((status) => canServe(status, settings))
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

/**
 * @param {unknown} target
 * @returns {string[]}
 */
function urlsOf(target) {
  if (Array.isArray(target)) {
    if (target.length === 0) throw invalid('target', 'an empty list')
    return target.flatMap(urlsMeantBy)
  }
  return typeof target === 'object' && target !== null ? jwksUrisIn(target) : urlsMeantBy(target)
}

/** @param {object} options */
function jwksUrisIn(options) {
  const given = takeOptions(options)
  refuseUnknown(given)
  return readJwksUris(given)
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

module.exports = { clearJwksCache, exportJwks, getEngine, getJwksStatus, invalidateJwksCache, isReady }
