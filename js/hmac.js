'use strict'

// HMAC-SHA256 by WebCrypto, since `node:crypto` is missing in Edge runtimes.

const HMAC = { name: 'HMAC', hash: 'SHA-256' }

/**
 * @param {string} secret
 * @param {('sign' | 'verify')[]} usages
 */
function importHmacKey(secret, usages) {
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), HMAC, false, usages)
}

/**
 * The bytes of a text in hexadecimal.
 *
 * @param {string} hex
 */
function bytesOfHex(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

module.exports = { HMAC, bytesOfHex, importHmacKey }
