'use strict'

// As signature-node.js, for Edge runtimes, which have no `node:crypto` to count on.

const HMAC = { name: 'HMAC', hash: 'SHA-256' }

/**
 * @param {Uint8Array} body
 * @param {Uint8Array} signature of 32 bytes
 * @param {string[]} keys
 * @returns {Promise<boolean>}
 */
async function isSigned(body, signature, keys) {
  const verdicts = await Promise.all(keys.map((key) => isSignedBy(body, signature, key)))
  return verdicts.includes(true)
}

/**
 * @param {any} body
 * @param {any} signature
 * @param {string} key
 */
async function isSignedBy(body, signature, key) {
  const imported = await crypto.subtle.importKey('raw', new TextEncoder().encode(key), HMAC, false, ['verify'])
  return crypto.subtle.verify(HMAC, imported, signature, body)
}

module.exports = { isSigned }
