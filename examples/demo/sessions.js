'use strict'

const { randomUUID } = require('node:crypto')
const { parse } = require('cookie')
const { buildAuthCookieHeader } = require('logto-authkit')

const COOKIE = 'demo_session'
const MOST_SESSIONS = 1000

/**
 * Who is signed in at the page. Their access token is in a cookie that no script can read, and their refresh token never leaves
 * the server: the browser has an id instead.
 *
 * @param {string} path of the routes that need the id
 */
function createSessions(path) {
  const cookie = { path, httpOnly: true, secure: true, sameSite: 'strict' }
  const sessions = new Map()
  const idOf = (req) => parse(req.get('Cookie') ?? '')[COOKIE]

  // SameSite=Strict: browsers leave the cookie out of a redirect that began at the provider, and send it with what the page
  // fetches.
  const keep = (res, { accessToken, expiresIn }) => {
    res.append('Set-Cookie', buildAuthCookieHeader(accessToken, { maxAge: expiresIn }))
  }

  return {
    /** @param tokens what `finish` of the sign-in returns */
    begin(res, tokens) {
      const { refreshToken, organizations } = tokens
      if (sessions.size === MOST_SESSIONS) sessions.delete(sessions.keys().next().value)
      const id = randomUUID()
      sessions.set(id, { refreshToken, organizations })
      res.cookie(COOKIE, id, cookie)
      keep(res, tokens)
    },

    /** The `refreshToken` and the `organizations` of whoever sends a request; undefined where they are not signed in. */
    of: (req) => sessions.get(idOf(req)),

    /** Replaces the tokens of whoever sends a request. False where they have signed out since. */
    renew(req, res, tokens) {
      const session = sessions.get(idOf(req))
      if (session === undefined) return false
      session.refreshToken = tokens.refreshToken
      keep(res, tokens)
      return true
    },

    end(req, res) {
      sessions.delete(idOf(req))
      res.clearCookie(COOKIE, cookie)
      res.append('Set-Cookie', buildAuthCookieHeader('signed-out', { maxAge: 0 }))
    },
  }
}

module.exports = { createSessions }
