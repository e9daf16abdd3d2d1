'use strict'

// As signature-node.js, for Edge runtimes, which have no `node:crypto` to count on.

const { HMAC, importHmacKey } = require('../hmac')

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
  return crypto.subtle.verify(HMAC, await importHmacKey(key, ['verify']), signature, body)
}

module.exports = { isSigned }
