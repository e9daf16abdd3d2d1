'use strict'

// JSON text token by token, which JSON.parse does not give. Stands for serde_json, which src/ reads with.

/** One token of text that is known to be JSON: punctuation, a string, or a number or literal. */
const TOKEN = /[{}[\]:,]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}[\]:,"]+/g

/** A surrogate without its other half: with the `u` flag, the two halves of a pair do not match. */
const LONE_SURROGATE = /\p{Surrogate}/u

/** Keeps a byte order mark, so that it is refused as JSON; throws where the bytes are not UTF-8. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * UTF-8 bytes as text.
 *
 * @param {Uint8Array} bytes
 * @returns {string | undefined} undefined where they are not UTF-8
 */
function textOf(bytes) {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * Parses JSON text; undefined where it is none.
 *
 * @param {string} text
 * @returns {unknown}
 */
function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The tokens of text that is known to be JSON, in order.
 *
 * @param {string} text
 * @returns {Iterable<{ 0: string, index: number, isName: boolean, depth: number }>} each with the number of objects and
 *   arrays around it, and whether it is a string that names a member
 */
function* tokensOf(text) {
  const open = []
  let previous
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0]
    if (token === '}' || token === ']') open.pop()
    const isName = token[0] === '"' && open.at(-1) === '{' && (previous === '{' || previous === ',')
    yield { 0: token, index: match.index, isName, depth: open.length }
    if (token === '{' || token === '[') open.push(token)
    previous = token
  }
}

/**
 * The value of a JSON string.
 *
 * @param {string} token
 * @returns {string | undefined} undefined where an escape in it is half a character
 */
function stringOf(token) {
  if (!token.includes('\\')) return token.slice(1, -1)
  const value = JSON.parse(token)
  return LONE_SURROGATE.test(value) ? undefined : value
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

module.exports = { isObject, parse, stringOf, textOf, tokensOf }
