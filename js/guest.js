'use strict'

/** @import { GuestContext } from 'logto-authkit' */

const { cookieOf } = require('./request')

const GUEST_COOKIE_NAME = 'guest_logto_authtoken'

/** The form of an id: a UUID, or the browser fingerprint that the companion front end stores. */
const PLAUSIBLE_ID = /^[A-Za-z0-9_-]{8,128}$/

/**
 * The guest context of a request, with the id of its cookie or a fresh one.
 *
 * @param {unknown} request a request, or a token, which knows no guest
 * @returns {{ auth: GuestContext, isFresh: boolean }} `isFresh`: whether the id has yet to be stored
 */
function guestOf(request) {
  const known = typeof request === 'string' ? undefined : cookieOf(request, GUEST_COOKIE_NAME)
  const isFresh = known === undefined || !PLAUSIBLE_ID.test(known)
  const guestId = isFresh ? crypto.randomUUID() : known
  return { auth: { userId: null, isAuthenticated: false, payload: null, isGuest: true, guestId }, isFresh }
}

module.exports = { GUEST_COOKIE_NAME, PLAUSIBLE_ID, guestOf }
