'use strict'

const { forgetAllKeys, forgetKeys, keysStatus } = require('#engine')
const { jwksUriOf, readLogtoUrl } = require('./options')

/** @see `invalidateJwksCache` in index.d.ts */
function invalidateJwksCache(logtoUrl) {
  forgetKeys(jwksUriOf(readLogtoUrl(logtoUrl)))
}

/** @see `clearJwksCache` in index.d.ts */
function clearJwksCache() {
  forgetAllKeys()
}

/** @see `getJwksStatus` in index.d.ts */
function getJwksStatus() {
  return keysStatus()
}

module.exports = { clearJwksCache, getJwksStatus, invalidateJwksCache }
