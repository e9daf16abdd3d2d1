'use strict'

// What details repeat of a token. Mirrors `quote` in src/error.rs.

/** The longest piece of a token that is repeated in details, in characters. */
const MAX_QUOTED_CHARS = 200

/**
 * The beginning of a text that came from outside, for details.
 *
 * @param {string} text
 */
function quote(text) {
  return [...text.slice(0, 2 * MAX_QUOTED_CHARS)].slice(0, MAX_QUOTED_CHARS).join('')
}

module.exports = { quote }
