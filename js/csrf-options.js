'use strict'

const { takeOptions } = require('./given-options')
const { invalid } = require('./option-values')
const { COOKIE_NAME, DEFAULT_COOKIE_NAME } = require('./options')
const { ONE_DAY } = require('./set-cookie')

/** @type {typeof import('logto-authkit').CSRF_COOKIE_NAME} */
const CSRF_COOKIE_NAME = 'logto_csrf_token'
/** @type {typeof import('logto-authkit').CSRF_HEADER_NAME} */
const CSRF_HEADER_NAME = 'x-csrf-token'

/** The least length of a secret: nobody guesses this many random characters. */
const MIN_SECRET_CHARS = 32

/**
 * The options of a CSRF function, checked and completed, each under its own name.
 *
 * @typedef {object} CsrfSettings
 * @property {string} cookieName
 * @property {string} headerName
 * @property {string} authCookieName
 * @property {number} maxAge in seconds
 * @property {string | undefined} domain
 * @property {string | undefined} path
 * @property {'Strict' | 'Lax'} sameSite
 * @property {string[] | undefined} secret the first signs, each verifies
 */

/** Every option, and its default. */
const DEFAULTS = Object.freeze({
  __proto__: null,
  cookieName: CSRF_COOKIE_NAME,
  headerName: CSRF_HEADER_NAME,
  authCookieName: DEFAULT_COOKIE_NAME,
  maxAge: ONE_DAY,
  domain: undefined,
  path: undefined,
  sameSite: 'Strict',
  secret: undefined,
})

/**
 * Checks and completes the options of a CSRF function: its own properties alone, each read once.
 *
 * @param {object} options
 * @returns {CsrfSettings}
 * @throws {AuthError} `options_invalid`, naming the option
 */
function readCsrfOptions(options) {
  /** @type {any} */
  const settings = { ...DEFAULTS }
  for (const [name, value] of Object.entries(takeOptions(options))) {
    if (!(name in DEFAULTS)) throw invalid(name, 'there is no such option')
    if (name === 'secret') settings.secret = readSecrets(value)
    else if (value !== undefined) settings[name] = value
  }
  for (const name of ['cookieName', 'headerName', 'authCookieName']) {
    // The names of headers (RFC 9110 section 5.1) and of cookies are made of the same characters.
    if (typeof settings[name] !== 'string' || !COOKIE_NAME.test(settings[name])) throw invalid(name, 'not a name')
  }
  return settings
}

/**
 * The secrets of an option that is there. `undefined` is a variable that was never set: it must not turn signing off.
 *
 * @param {unknown} secret
 * @returns {string[]}
 */
function readSecrets(secret) {
  const secrets = Array.isArray(secret) ? secret : [secret]
  if (secrets.length === 0 || !secrets.every((one) => typeof one === 'string' && one.length >= MIN_SECRET_CHARS)) {
    throw invalid('secret', `a string of at least ${MIN_SECRET_CHARS} characters, or an array of them, is required`)
  }
  return secrets
}

module.exports = { CSRF_COOKIE_NAME, CSRF_HEADER_NAME, readCsrfOptions }
