'use strict'

// Signatures by `node:crypto` (RFC 7518 section 3, RFC 8037 section 3.1), for Node.js and what is like it: off the event loop, or
// at once for a caller that cannot wait.

/**
 * @import { KeyObject } from 'node:crypto'
 * @import { Arithmetic } from './arithmetic'
 */

const { nodeCrypto } = require('../../node-crypto')
const { decode } = require('./base64url')

/**
 * How a family of algorithms pads or encodes a signature.
 *
 * @param {string} family
 */
function encodingOf(family) {
  const { constants } = nodeCrypto()
  if (family === 'RS') return { padding: constants.RSA_PKCS1_PADDING }
  if (family === 'PS') return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  return family === 'ES' ? { dsaEncoding: /** @type {const} */ ('ieee-p1363') } : {}
}

/** @type {Arithmetic<KeyObject>} */
module.exports = {
  importKey: (jwk) => nodeCrypto().createPublicKey({ format: 'jwk', key: jwk }),

  verify(key, jws) {
    const { digest, input, how, signature } = partsOf(key, jws)
    return new Promise((resolve, reject) => {
      nodeCrypto().verify(digest, input, how, signature, (error, isGood) => (error ? reject(error) : resolve(isGood)))
    })
  },

  verifySync(key, jws) {
    const { digest, input, how, signature } = partsOf(key, jws)
    return nodeCrypto().verify(digest, input, how, signature)
  },
}

/**
 * @param {KeyObject} key
 * @param {{ text: string, algorithm: string }} jws
 */
function partsOf(key, { text, algorithm }) {
  const end = text.lastIndexOf('.')
  const family = algorithm.slice(0, 2)
  return {
    digest: family === 'Ed' ? null : `sha${algorithm.slice(2)}`,
    input: Buffer.from(text.slice(0, end), 'latin1'),
    how: { key, ...encodingOf(family) },
    signature: decode(text.slice(end + 1)) ?? new Uint8Array(),
  }
}
