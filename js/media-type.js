'use strict'

/**
 * A media type as it is compared: in lower case, and without `application/` where no other slash follows (RFC 7515 section 4.1.9).
 * Only ASCII letters have a case here: toLowerCase() would fold others into them.
 *
 * @param {string} name
 */
function bareType(name) {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/^application\/(?=[^/]*$)/, '')
}

module.exports = { bareType }
