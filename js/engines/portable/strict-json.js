'use strict'

// JSON objects in which every member stands once, at every depth (RFC 7515 section 4, RFC 8725 section 2.4).
// Mirrors src/strict_json.rs.

const { isObject, parse, stringOf, textOf, tokensOf } = require('./json-text')

const MAX_DEPTH = 127

/**
 * Parses UTF-8 JSON text into an object.
 *
 * @param {Uint8Array} bytes
 * @returns {Record<string, unknown> | undefined} undefined where the bytes are no JSON object, or hold a repeated member, a number that no double
 *   can hold, half a surrogate pair, or more than 127 levels
 */
function parseObject(bytes) {
  const text = textOf(bytes)
  return text === undefined ? undefined : parseObjectText(text)
}

/**
 * As {@link parseObject}, for text.
 *
 * @param {string} text
 * @returns {Record<string, unknown> | undefined}
 */
function parseObjectText(text) {
  const value = parse(text)
  return isObject(value) && (isPlain(text, value) || isStrict(text)) ? value : undefined
}

/**
 * Whether text is just what JSON.stringify makes of its value, as in most tokens: then no member stands twice, or the value would
 * lack one of the two. Without an escape it has no half of a surrogate pair, and with few brackets it is not deep.
 *
 * @param {string} text
 * @param {object} value
 */
function isPlain(text, value) {
  return !text.includes('\\') && text.split(/[{[]/, MAX_DEPTH + 2).length <= MAX_DEPTH && JSON.stringify(value) === text
}

/** @param {string} text */
function isStrict(text) {
  /** @type {Set<string>[]} */
  const namesByDepth = []
  for (const { 0: token, isName, depth } of tokensOf(text)) {
    if (token === '{' || token === '[') {
      if (depth >= MAX_DEPTH) return false
      namesByDepth[depth + 1] = new Set()
    } else if (token[0] === '"') {
      const value = stringOf(token)
      if (value === undefined || (isName && namesByDepth[depth].has(value))) return false
      if (isName) namesByDepth[depth].add(value)
    } else if (/^[-\d]/.test(token) && !Number.isFinite(Number(token))) return false
  }
  return true
}

module.exports = { parseObject, parseObjectText }
