'use strict'

// The entries of a JWK Set as texts of their own. Stands for serde_json's RawValue in src/jwks/key_set.rs.

const { isObject, parse, stringOf, textOf, tokensOf } = require('../json-text')

/** How many characters are made at once: each is an argument of a call. */
const CHUNK = 8_192

/**
 * The JSON text of each entry of a JWK Set, so that one that is broken is skipped and the others stay.
 *
 * Bytes are looked at as characters of their own: entries and names have to be UTF-8, what else the set has need not be.
 *
 * @param {Uint8Array} body
 * @returns {Uint8Array[] | undefined} undefined where it is no JSON object with one array `keys`
 */
function jwkTextsOf(body) {
  const text = charactersOf(body)
  const set = parse(text)
  if (!isObject(set) || !Array.isArray(set.keys)) return undefined
  const texts = []
  const names = []
  /** @type {{ start: number, end: number } | undefined} */
  let span
  for (const { 0: token, index, isName, depth } of tokensOf(text)) {
    const end = index + token.length
    if (depth === 1 && isName) names.push(nameOf(body.subarray(index, end)))
    if (names.at(-1) !== 'keys') continue
    // At depth 2 stand the entries, their own brackets included, and the commas between them.
    if (depth === 2 && token !== ',') span = { start: span?.start ?? index, end }
    if (span !== undefined && (depth === 1 || (depth === 2 && token === ','))) {
      texts.push(body.subarray(span.start, span.end))
      span = undefined
    }
  }
  const isSound = !names.includes(undefined) && names.filter((name) => name === 'keys').length === 1
  return isSound && texts.every((one) => textOf(one) !== undefined) ? texts : undefined
}

/** @param {Uint8Array} bytes */
function charactersOf(bytes) {
  let text = ''
  for (let start = 0; start < bytes.length; start += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(start, start + CHUNK))
  }
  return text
}

/**
 * What a name says; undefined where it is no Unicode text.
 *
 * @param {Uint8Array} bytes
 */
function nameOf(bytes) {
  const text = textOf(bytes)
  return text === undefined ? undefined : stringOf(text)
}

module.exports = { jwkTextsOf }
