'use strict'

// The values of options, checked: a function for each kind of value.

const { AuthError } = require('./errors')

/** One scope (RFC 6749 section 3.3). */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * @param {string} name
 * @param {unknown} value
 */
function readUrl(name, value) {
  if (isUnset(value)) throw invalid(name, 'is not set')
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null
  if (url === null || !/^https?:$/.test(url.protocol)) throw invalid(name, 'not an http(s) URL')
  if (url.username || url.password) throw invalid(name, 'credentials have no place in it')
  return url
}

/**
 * Whether a value is that of a variable of the environment that nobody has set.
 *
 * @param {unknown} value
 */
function isUnset(value) {
  return value === undefined || (typeof value === 'string' && value.trim() === '')
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function readTexts(name, value) {
  if (isUnset(value)) throw invalid(name, 'is not set')
  const texts = Array.isArray(value) ? [...value] : [value]
  if (texts.length === 0 || !texts.every(isText)) {
    throw invalid(name, 'a non-empty string, or an array of them, is required')
  }
  return texts
}

/**
 * The scopes of a space-delimited string, or of an array of such strings. None of these may be without a scope: that is a
 * variable that was never set, and not a door for everyone.
 *
 * @param {string} name
 * @param {unknown} value
 */
function readScopes(name, value) {
  const texts = Array.isArray(value) ? [...value] : [value]
  const lists = texts.map((text) => (typeof text === 'string' ? text.split(' ').filter(Boolean) : []))
  if (lists.length === 0 || !lists.every((list) => list.length > 0 && list.every((scope) => SCOPE.test(scope)))) {
    throw invalid(name, 'not a space-delimited list of scopes, or an array of scopes')
  }
  return lists.flat()
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function readFlag(name, value) {
  if (value !== undefined && typeof value !== 'boolean') throw invalid(name, 'not a boolean')
  return value === true
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} fallback
 */
function readNumber(name, value, fallback, least = 0) {
  if (value === undefined) return fallback
  if (typeof value !== 'number' || !Number.isFinite(value) || value < least) {
    throw invalid(name, `not a number of at least ${least}`)
  }
  return value
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isText(value) {
  return typeof value === 'string' && value.trim() !== ''
}

/**
 * Refuses an options object that has others than these, or what is left of one once the known ones are taken out of it.
 *
 * @param {object} given
 * @param {readonly string[]} [known]
 * @throws {AuthError} `options_invalid`, naming the first
 */
function refuseOthers(given, known = []) {
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw invalid(name, 'there is no such option')
  }
}

/**
 * @param {string} option
 * @param {string} problem
 */
function invalid(option, problem) {
  return new AuthError('options_invalid', { option, problem })
}

module.exports = { invalid, isText, readFlag, readNumber, readScopes, readTexts, readUrl, refuseOthers }
