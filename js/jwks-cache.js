'use strict'

const { forgetAllKeys, forgetKeys, keysStatus } = require('#engine')
const { jwksUriOf, readLogtoUrl } = require('./options')

/** @type {typeof import('logto-authkit').invalidateJwksCache} */
function invalidateJwksCache(logtoUrl) {
  forgetKeys(jwksUriOf(readLogtoUrl(logtoUrl)))
}

/** @type {typeof import('logto-authkit').clearJwksCache} */
function clearJwksCache() {
  forgetAllKeys()
}

/** @type {typeof import('logto-authkit').getJwksStatus} */
function getJwksStatus() {
  return keysStatus()
}

module.exports = { clearJwksCache, getJwksStatus, invalidateJwksCache }
