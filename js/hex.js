'use strict'

/**
 * Bytes in hexadecimal, two lower-case digits each.
 *
 * @param {Uint8Array} bytes
 */
function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

module.exports = { hexOf }
