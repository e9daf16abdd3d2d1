'use strict'

const { nodeCrypto } = require('../node-crypto')

/**
 * Whether one of the keys made this HMAC-SHA256 of a body. The comparison takes constant time.
 *
 * @param {Uint8Array} body
 * @param {Uint8Array} signature of 32 bytes
 * @param {string[]} keys
 * @returns {boolean}
 */
function isSigned(body, signature, keys) {
  const { createHmac, timingSafeEqual } = nodeCrypto()
  return keys.some((key) => timingSafeEqual(createHmac('sha256', key).update(body).digest(), signature))
}

module.exports = { isSigned }
