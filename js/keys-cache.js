'use strict'

const { forgetAllKeys, forgetKeys } = require('#engine')
const { jwksUriOf, readLogtoUrl } = require('./options')

/** @see `invalidateJwksCache` in index.d.ts */
function invalidateJwksCache(logtoUrl) {
  forgetKeys(jwksUriOf(readLogtoUrl(logtoUrl)))
}

/** @see `clearJwksCache` in index.d.ts */
function clearJwksCache() {
  forgetAllKeys()
}

module.exports = { clearJwksCache, invalidateJwksCache }
