'use strict'

// The entries of a JWK Set as texts of their own. Stands for serde_json's RawValue in src/jwks/key_set.rs.

const { isObject, parse, stringOf, textOf, tokensOf } = require('../json-text')

/**
 * The JSON text of each entry of a JWK Set, so that one that is broken is skipped and the others stay.
 *
 * @param {Uint8Array} body
 * @returns {string[] | undefined} undefined where it is no UTF-8 text of a JSON object with one array `keys`
 */
function jwkTextsOf(body) {
  const text = textOf(body)
  const set = text === undefined ? undefined : parse(text)
  if (text === undefined || !isObject(set) || !Array.isArray(set.keys)) return undefined
  const texts = []
  const names = []
  /** @type {{ start: number, end: number } | undefined} */
  let span
  for (const { 0: token, index, isName, depth } of tokensOf(text)) {
    if (depth === 1 && isName) names.push(stringOf(token))
    if (names.at(-1) !== 'keys') continue
    // At depth 2 stand the entries, their own brackets included, and the commas between them.
    if (depth === 2 && token !== ',') span = { start: span?.start ?? index, end: index + token.length }
    if (span !== undefined && (depth === 1 || (depth === 2 && token === ','))) {
      texts.push(text.slice(span.start, span.end))
      span = undefined
    }
  }
  const isSound = !names.includes(undefined) && names.filter((name) => name === 'keys').length === 1
  return isSound ? texts : undefined
}

module.exports = { jwkTextsOf }
