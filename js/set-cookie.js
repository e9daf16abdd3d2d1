'use strict'

/** @import { SerializeOptions } from 'cookie' */

const { serialize } = require('cookie')
const { GUEST_COOKIE_NAME, PLAUSIBLE_ID } = require('./guest')
const { DEFAULT_COOKIE_NAME, invalid } = require('./options')

const ONE_DAY = 24 * 60 * 60
const ONE_WEEK = 7 * ONE_DAY

/** The `Cache-Control` of a response that gives a guest an id: a shared cache would give everybody the same. */
const PRIVATE = 'private'

/** The characters of a cookie's value (RFC 6265 section 4.1.1): none that could end it or its header. */
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/

/**
 * A `Set-Cookie` value.
 *
 * @param {string} value
 * @param {Omit<SerializeOptions, 'sameSite'> & { cookieName: string, sameSite: any }} attributes those of `cookie`'s
 *   `serialize`, whose types know `sameSite` in lower case alone, and `cookieName`; `maxAge` in seconds
 * @throws {AuthError} `options_invalid` for whatever could not stand in a header as it is
 */
function buildCookieHeader(value, { cookieName, ...attributes }) {
  if (typeof value !== 'string' || !COOKIE_VALUE.test(value)) throw invalid('value', 'not a cookie value')
  const { domain } = attributes
  const path = attributes.path ?? '/'
  if (/^__host-/i.test(cookieName) && (path !== '/' || domain !== undefined)) {
    throw invalid('cookieName', 'browsers drop a __Host- cookie with a domain, or a path other than /')
  }
  try {
    // Encoding would let through, changed, what has been refused above.
    return serialize(cookieName, value, { ...attributes, path, encode: (text) => text })
  } catch (error) {
    throw invalid('cookie', error.message)
  }
}

/** @type {typeof import('logto-authkit').buildAuthCookieHeader} */
function buildAuthCookieHeader(token, options = {}) {
  const { cookieName = DEFAULT_COOKIE_NAME, maxAge = ONE_WEEK, domain, path, sameSite = 'Strict' } = options
  return buildCookieHeader(token, {
    cookieName,
    maxAge,
    domain,
    path,
    sameSite,
    httpOnly: true,
    secure: true,
  })
}

/** @type {typeof import('logto-authkit').buildGuestCookieHeader} */
function buildGuestCookieHeader(guestId, options = {}) {
  const { maxAge = ONE_WEEK, domain, path, sameSite = 'Lax', secure = true } = options
  if (typeof guestId !== 'string' || !PLAUSIBLE_ID.test(guestId)) throw invalid('guestId', 'not a guest id')
  return buildCookieHeader(guestId, { cookieName: GUEST_COOKIE_NAME, maxAge, domain, path, sameSite, secure })
}

module.exports = { ONE_DAY, PRIVATE, buildAuthCookieHeader, buildCookieHeader, buildGuestCookieHeader }
