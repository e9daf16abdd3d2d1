'use strict'

// One GET of a JWKS endpoint, with a limit on time and bytes. Mirrors src/jwks/fetch.rs.

/** @import { Keys } from './key-set' */

const { KeySet } = require('./key-set')
const { after } = require('../timer')

/** The largest body that is read, in bytes. */
const MAX_BODY_BYTES = 256 * 1024

/** @typedef {InstanceType<typeof FetchError>} Failure */

/**
 * A fetch that gave no key set. `isOutage`: older keys may serve meanwhile; other failures are definite answers.
 * `retryAfterMs`: the pause that the endpoint asks for with `Retry-After` (RFC 9110 section 10.2.3).
 */
class FetchError extends Error {
  /**
   * @param {string} message
   * @param {boolean} isOutage
   * @param {number} [retryAfterMs]
   */
  constructor(message, isOutage = true, retryAfterMs = undefined) {
    super(message)
    this.isOutage = isOutage
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Fetches and parses a key set. The whole of it takes at most `limitMs`.
 *
 * Only status 200 is accepted, and redirects are not followed. A failed connection, a timeout, a status 5xx or 429, a body
 * that is too large or no key set, and a set without a usable key are outages. A connection that is lost before any answer
 * is tried once more, at once.
 *
 * @param {string} url
 * @param {number} limitMs
 * @returns {Promise<Keys>}
 * @throws {FetchError}
 */
async function fetchKeys(url, limitMs) {
  const abortion = new AbortController()
  let isLate = false
  const callOff = after(limitMs, () => {
    isLate = true
    abortion.abort()
  })
  try {
    const keys = KeySet.parse(await readBody(url, abortion.signal))
    if (keys === undefined) throw new FetchError('the answer is not a JSON Web Key Set')
    if (keys.count === 0) throw new FetchError('the key set has no usable key')
    return keys
  } catch (error) {
    if (isLate) throw new FetchError(`no complete answer within ${Math.floor(limitMs)} ms`)
    throw error instanceof FetchError ? error : new FetchError(innermostCauseOf(error))
  } finally {
    callOff()
    // Closes the connection of a body that nobody will read.
    abortion.abort()
  }
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 */
async function readBody(url, signal) {
  if (url.startsWith('https:') && isCheckOff()) {
    throw new FetchError('NODE_TLS_REJECT_UNAUTHORIZED=0 switches the check of certificates off')
  }
  uncached ??= withoutCache()
  const options = { redirect: /** @type {const} */ ('manual'), signal, ...uncached }
  const get = () => fetch(url, options)
  const response = await get().catch((error) => (hasLostConnection(error) ? get() : Promise.reject(error)))
  const { status } = response
  if (status !== 200) {
    const retryAfterMs = retryAfterOf(response)
    throw new FetchError(`status ${status}`, status >= 500 || status === 429, retryAfterMs)
  }
  const body = new Uint8Array(MAX_BODY_BYTES)
  let length = 0
  const reader = response.body?.getReader()
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true }
    if (done) return body.slice(0, length)
    if (length + value.length > MAX_BODY_BYTES) {
      throw new FetchError(`the answer is larger than ${MAX_BODY_BYTES} bytes`)
    }
    body.set(value, length)
    length += value.length
  }
}

/** Whether any server would pass for the tenant, so that anybody on the way could give keys. */
function isCheckOff() {
  try {
    const { process } = globalThis
    return process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0'
  } catch {
    // There is no environment, or Deno does not let us read it.
    return false
  }
}

/**
 * Whether the connection failed before the head of an answer had arrived. Workers give no code, so there any failure
 * counts.
 *
 * @param {any} error
 */
function hasLostConnection(error) {
  const code = error?.cause?.code
  return code === undefined || /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|UND_ERR_SOCKET)$/.test(code)
}

/**
 * The pause that a 429 or 503 asks for, in milliseconds; `Retry-After` is a number of seconds or a date.
 *
 * @param {Response} response
 */
function retryAfterOf({ status, headers }) {
  const value = status === 429 || status === 503 ? (headers.get('retry-after')?.trim() ?? '') : ''
  if (/^\d+$/.test(value)) return Number(value) * 1_000
  const left = Date.parse(value) - Date.now()
  return left > 0 ? left : undefined
}

/** @type {RequestInit | undefined} */
let uncached

/**
 * Next.js keeps responses of its own accord; older Workers refuse the option, and keep none. Found at the first fetch: Node.js loads
 * its client when anybody first names a class of it, which takes as long as loading all of this package.
 *
 * @returns {RequestInit}
 */
function withoutCache() {
  /** @type {RequestInit} */
  const options = { cache: 'no-store' }
  try {
    new Request('https://tenant.example', options)
    return options
  } catch {
    return {}
  }
}

/**
 * The outer errors only repeat that a request failed.
 *
 * @param {any} error
 * @returns {string}
 */
function innermostCauseOf(error) {
  return error?.cause instanceof Error ? innermostCauseOf(error.cause) : String(error?.message ?? error)
}

module.exports = { FetchError, fetchKeys }
