'use strict'

/** A token with another signature: one bit differs, in the first of its characters. */
function tampered(token) {
  const start = token.lastIndexOf('.') + 1
  return `${token.slice(0, start)}${token[start] === 'A' ? 'B' : 'A'}${token.slice(start + 1)}`
}

module.exports = { tampered }
