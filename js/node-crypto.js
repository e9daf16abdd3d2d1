'use strict'

/**
 * `node:crypto`, loaded when it is first needed: loading it takes a fifth of loading this package, and the native engine needs none of
 * it.
 *
 * @returns {typeof import('node:crypto')}
 */
function nodeCrypto() {
  return process.getBuiltinModule?.('node:crypto') ?? require('node:crypto')
}

module.exports = { nodeCrypto }
