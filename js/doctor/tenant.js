'use strict'

/**
 * @import { AuthError, AuthOptions } from 'logto-authkit'
 * @import { Settings } from '../engines/contract'
 * @import { KeyList } from './key-list'
 * @import { Look } from './probe'
 */

const { createVerifier } = require('../verifier')
const { listKeys } = require('./key-list')
const { look } = require('./probe')

const LIMIT_MS = 5_000
const MAX_ISSUER_CHARS = 500

/** An answer may say the time in whole seconds, and takes some itself. */
const SKEW_SECONDS = 3

/**
 * What there is to know of a tenant from here.
 * @typedef {Awaited<ReturnType<typeof examineTenant>>} Tenant
 *
 * What `readOptions` makes of the options, and the tenant's endpoint.
 * @typedef {Settings & { endpoint: string }} TenantSettings
 */

/**
 * @param {AuthOptions} options
 * @param {TenantSettings} settings
 */
async function examineTenant(options, settings) {
  const [keys, discovery] = await Promise.all([
    examineKeys(options, settings.jwksUri),
    examineDiscovery(`${settings.endpoint}/oidc/.well-known/openid-configuration`, settings.issuer),
  ])
  const ahead = keys.look.aheadSeconds ?? discovery.look.aheadSeconds
  const isOff = ahead !== null && Math.abs(ahead) >= SKEW_SECONDS
  return { keys, discovery, clock: { aheadSeconds: ahead, isOff } }
}

/**
 * Whether the keys arrive is for the engine to say, which knows proxies and certificates of its own; why, for a look.
 *
 * @param {AuthOptions} options
 * @param {string} url
 */
async function examineKeys(options, url) {
  const arrival = createVerifier(options)
    .prefetch()
    .then(
      () => null,
      (/** @type {AuthError} */ error) => error,
    )
  const [error, seen] = await Promise.all([arrival, look(url, LIMIT_MS)])
  if (error !== null && error.code !== 'jwks_unavailable') throw error
  /** @type {Partial<KeyList>} */
  const listed = seen.status === 200 ? listKeys(seen.body) : {}
  return {
    url,
    look: seen,
    // A set without a usable key is an outage to the engine: its keys are listed here all the same.
    hasArrived: error === null || listed.usable?.length === 0,
    reason: error?.details.reason ?? null,
    problem: error === null ? null : problemOf(seen, listed),
    usable: listed.usable ?? null,
    unusable: listed.unusable ?? null,
  }
}

/**
 * @param {Look} seen
 * @param {Partial<KeyList>} listed
 */
function problemOf(seen, listed) {
  if (seen.problem !== null) return seen.problem
  const { status } = seen
  if (status !== 200) return status !== null && status >= 300 && status < 400 ? 'redirect' : 'status'
  return listed.problem ?? 'only_from_node'
}

/**
 * @param {string} url
 * @param {string[]} accepted
 */
async function examineDiscovery(url, accepted) {
  const seen = await look(url, LIMIT_MS)
  const issuer = seen.status === 200 ? issuerOf(seen.body) : null
  return { url, look: seen, issuer, isAccepted: issuer !== null && accepted.includes(issuer) }
}

/**
 * @param {Buffer} body
 * @returns {string | null}
 */
function issuerOf(body) {
  try {
    const { issuer } = JSON.parse(body.toString())
    return typeof issuer === 'string' && issuer.length <= MAX_ISSUER_CHARS ? issuer : null
  } catch {
    return null
  }
}

module.exports = { examineTenant }
