'use strict'

// The pieces of a token that details repeat. The native engine has its own in src/error.rs.

/** The longest piece of a token that is repeated in details, in characters. */
const MAX_QUOTED_CHARS = 200

/**
 * The beginning of a text from a token, for details.
 *
 * @param {string} text
 */
function quote(text) {
  return [...text.slice(0, 2 * MAX_QUOTED_CHARS)].slice(0, MAX_QUOTED_CHARS).join('')
}

module.exports = { quote }
