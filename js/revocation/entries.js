'use strict'

// What the log holds: each entry a JSON object, which names whom or what, and since when where that is not the log's own time.

/** @import { RevocationEntry } from 'logto-authkit' */

const { own } = require('../own')

/** The most ids of one entry. Logto names at most 5,000 in an event. */
const MAX_IDS = 10_000

/** The longest id, in characters. */
const MAX_ID_CHARS = 512

const TYPES = ['user', 'client', 'token']

/**
 * An entry as it may come from a log that others write to, too.
 *
 * @param {unknown} value
 * @returns {RevocationEntry | undefined} undefined where it is no entry
 */
function readEntry(value) {
  if (typeof value !== 'object' || value === null) return undefined
  const type = own(value, 'type')
  const ids = own(value, 'ids')
  const [givenAt, exp, organizationId] = ['at', 'exp', 'organizationId'].map((name) => own(value, name))
  // A time before 1970 ends no token, and cannot be meant: the log's own counts.
  const at = typeof givenAt === 'number' && givenAt < 0 ? undefined : givenAt
  if (!TYPES.includes(type) || !Array.isArray(ids) || ids.length === 0 || ids.length > MAX_IDS) return undefined
  if (!ids.every(isId) || (organizationId !== undefined && !(isId(organizationId) && type === 'user'))) return undefined
  if (at !== undefined && !isTime(at)) return undefined
  if (type === 'token' ? !isTime(exp) : exp !== undefined) return undefined
  return { type, ids: [...ids], organizationId, at, exp }
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isId(value) {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_CHARS
}

/**
 * Seconds since the Unix epoch.
 *
 * @param {unknown} value
 * @returns {value is number}
 */
function isTime(value) {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}

module.exports = { MAX_IDS, isId, isTime, readEntry }
