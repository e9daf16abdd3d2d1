'use strict'

const { binding } = require('./binding')
const { jwksUriOf, readLogtoUrl } = require('./options')

/** @see `invalidateJwksCache` in index.d.ts */
function invalidateJwksCache(logtoUrl) {
  binding().invalidateJwksCache(jwksUriOf(readLogtoUrl(logtoUrl)))
}

/** @see `clearJwksCache` in index.d.ts */
function clearJwksCache() {
  binding().clearJwksCache()
}

module.exports = { clearJwksCache, invalidateJwksCache }
