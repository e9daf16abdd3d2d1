'use strict'

// Signatures by WebCrypto, through jose, for Edge runtimes. It answers only with promises.

/** @import { Arithmetic } from './arithmetic' */

const { compactVerify } = require('jose/jws/compact/verify')
const { importJWK } = require('jose/key/import')

/** @type {Arithmetic<Awaited<ReturnType<typeof importJWK>>>} */
module.exports = {
  importKey: (jwk, algorithm) => importJWK(jwk, algorithm),
  async verify(key, { text, algorithm }) {
    await compactVerify(text, key, { algorithms: [algorithm] })
    return true
  },
  verifySync: undefined,
}
