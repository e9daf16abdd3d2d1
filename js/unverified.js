'use strict'

// What a token says of itself, before anything of it is believed: only for finding out who could verify it, and for texts.

/**
 * The JSON value in a part of a JWS (RFC 7515 section 7.1). Text beyond ASCII is not decoded.
 *
 * @param {string | undefined} part
 * @returns {unknown} undefined where the part is not to be read
 */
function readUnverified(part) {
  try {
    return JSON.parse(atob(String(part).replaceAll('-', '+').replaceAll('_', '/')))
  } catch {
    return undefined
  }
}

module.exports = { readUnverified }
