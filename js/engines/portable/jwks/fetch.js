'use strict'

// One GET of a JWKS endpoint, bounded in time and bytes. Mirrors src/jwks/fetch.rs.

const { KeySet } = require('./key-set')
const { after } = require('../timer')

/** The largest body that is read, in bytes. */
const MAX_BODY_BYTES = 256 * 1024

/** Why there is no key set. `isOutage`: older keys may serve meanwhile; else it was an answer that says no. */
class FetchError extends Error {
  constructor(message, isOutage = true) {
    super(message)
    this.isOutage = isOutage
  }
}

/**
 * Fetches and parses a key set. The whole of it takes at most `limitMs`.
 *
 * Only status 200 will do: redirects are not followed. An outage is a failed connection, a time-out, 5xx, 429 or a body
 * that is no key set.
 *
 * @param {string} url
 * @param {number} limitMs
 * @returns {Promise<KeySet>}
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
    const keys = await KeySet.parse(await readBody(url, abortion.signal))
    if (keys === undefined) throw new FetchError('the answer is not a JSON Web Key Set')
    return keys
  } catch (error) {
    if (isLate) throw new FetchError(`no complete answer within ${Math.floor(limitMs)} ms`)
    throw error instanceof FetchError ? error : new FetchError(innermostCauseOf(error))
  } finally {
    callOff()
    // Hangs up on a body that nobody will read.
    abortion.abort()
  }
}

async function readBody(url, signal) {
  const response = await fetch(url, { redirect: 'manual', signal, ...UNCACHED })
  const { status } = response
  if (status !== 200) throw new FetchError(`status ${status}`, status >= 500 || status === 429)
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

/** Next.js keeps responses of its own accord; older Workers refuse the option, and keep none. */
const UNCACHED = (() => {
  const options = { cache: 'no-store' }
  try {
    new Request('https://tenant.example', options)
    return options
  } catch {
    return {}
  }
})()

/** The outer errors only repeat that a request failed. */
function innermostCauseOf(error) {
  return error?.cause instanceof Error ? innermostCauseOf(error.cause) : String(error?.message ?? error)
}

module.exports = { FetchError, fetchKeys }
