'use strict'

/** A token with a wrong signature: the signature's first character is changed. */
function tampered(token) {
  const start = token.lastIndexOf('.') + 1
  return `${token.slice(0, start)}${token[start] === 'A' ? 'B' : 'A'}${token.slice(start + 1)}`
}

module.exports = { tampered }
