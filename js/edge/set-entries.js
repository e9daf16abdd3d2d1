'use strict'

const { isObject, parse, stringOf, textOf, tokensOf } = require('./json-text')

/** How many characters are made at once: each is an argument of a call. */
const CHUNK = 8_192

/**
 * The JSON text of each entry of a JWK Set, so that what is wrong with one costs it alone.
 *
 * Bytes are looked at as characters of their own: entries and names have to be UTF-8, what else the set has need not be.
 *
 * @param {Uint8Array} body
 * @returns {Uint8Array[] | undefined} undefined where it is no JSON object with one array `keys`
 */
function entriesOf(body) {
  const text = charactersOf(body)
  const set = parse(text)
  if (!isObject(set) || !Array.isArray(set.keys)) return undefined
  const entries = []
  const names = []
  let entry
  for (const { 0: token, index, isName, depth } of tokensOf(text)) {
    const end = index + token.length
    if (depth === 1 && isName) names.push(nameOf(body.subarray(index, end)))
    if (names.at(-1) !== 'keys') continue
    // At depth 2 stand the entries, their own brackets included, and the commas between them.
    if (depth === 2 && token !== ',') entry = { start: entry?.start ?? index, end }
    if (entry !== undefined && (depth === 1 || (depth === 2 && token === ','))) {
      entries.push(body.subarray(entry.start, entry.end))
      entry = undefined
    }
  }
  const isSound = !names.includes(undefined) && names.filter((name) => name === 'keys').length === 1
  return isSound && entries.every((one) => textOf(one) !== undefined) ? entries : undefined
}

function charactersOf(bytes) {
  let text = ''
  for (let start = 0; start < bytes.length; start += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(start, start + CHUNK))
  }
  return text
}

/** What a name says; undefined where it is no Unicode text. */
function nameOf(bytes) {
  const text = textOf(bytes)
  return text === undefined ? undefined : stringOf(text)
}

module.exports = { entriesOf }
