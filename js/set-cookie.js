'use strict'

/** @import { SerializeOptions } from 'cookie' */
/** @import { MiddlewareResponse } from 'logto-authkit' */

const { serialize } = require('cookie')
const { GUEST_COOKIE_NAME, PLAUSIBLE_ID } = require('./guest')
const { invalid } = require('./option-values')
const { DEFAULT_COOKIE_NAME } = require('./options')
const { ownMembers } = require('./own')

const ONE_DAY = 24 * 60 * 60
const ONE_WEEK = 7 * ONE_DAY

/** The `Cache-Control` of a response that sets a visitor's own cookie: a shared cache would give everybody the same. */
const PRIVATE = 'private'

/** The characters of a cookie's value (RFC 6265 section 4.1.1). None of them can end the value or its header. */
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/

/**
 * Every option of `serialize`, so that it reads none from Object.prototype. Values stay as they are: encoding one would let
 * through, changed, what has been refused before.
 *
 * @type {SerializeOptions}
 */
const NO_ATTRIBUTES = {
  maxAge: undefined,
  expires: undefined,
  domain: undefined,
  httpOnly: false,
  secure: false,
  partitioned: false,
  priority: undefined,
  sameSite: undefined,
  encode: (text) => text,
}

/**
 * A `Set-Cookie` value.
 *
 * @param {string} value
 * @param {Omit<SerializeOptions, 'sameSite'> & { cookieName: string, sameSite: any }} attributes those of `cookie`'s
 *   `serialize`, whose types know `sameSite` in lower case alone, and `cookieName`; `maxAge` in seconds
 * @throws {AuthError} `options_invalid` for a value or attribute that cannot stand in a header as it is
 */
function buildCookieHeader(value, { cookieName, ...attributes }) {
  if (typeof value !== 'string' || !COOKIE_VALUE.test(value)) throw invalid('value', 'not a cookie value')
  const all = { ...NO_ATTRIBUTES, path: undefined, ...attributes }
  const { domain, path = '/' } = all
  if (/^__host-/i.test(cookieName) && (path !== '/' || domain !== undefined)) {
    throw invalid('cookieName', 'browsers drop a __Host- cookie with a domain, or a path other than /')
  }
  try {
    return serialize(cookieName, value, { ...all, path })
  } catch (error) {
    throw invalid('cookie', error.message)
  }
}

/** @type {typeof import('logto-authkit').buildAuthCookieHeader} */
function buildAuthCookieHeader(token, options) {
  const { cookieName = DEFAULT_COOKIE_NAME, maxAge = ONE_WEEK, domain, path, sameSite = 'Strict' } = ownMembers(options)
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
function buildGuestCookieHeader(guestId, options) {
  const { maxAge = ONE_WEEK, domain, path, sameSite = 'Lax', secure = true } = ownMembers(options)
  if (typeof guestId !== 'string' || !PLAUSIBLE_ID.test(guestId)) throw invalid('guestId', 'not a guest id')
  return buildCookieHeader(guestId, { cookieName: GUEST_COOKIE_NAME, maxAge, domain, path, sameSite, secure })
}

/**
 * Sets a cookie that is one visitor's alone on a response of Express. The handler may still set its own `Cache-Control`.
 *
 * @param {MiddlewareResponse} res
 * @param {string} cookie
 */
function setPrivateCookie(res, cookie) {
  res.appendHeader('Set-Cookie', cookie)
  if (!res.hasHeader('Cache-Control')) res.setHeader('Cache-Control', PRIVATE)
}

module.exports = {
  ONE_DAY,
  PRIVATE,
  buildAuthCookieHeader,
  buildCookieHeader,
  buildGuestCookieHeader,
  setPrivateCookie,
}
