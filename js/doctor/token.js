'use strict'

/** RFC 6750's `b64token` without a dot. */
const OPAQUE = /^[A-Za-z0-9\-_~+/=]{20,}$/

/**
 * What people copy along with a token: how it is called, and how what is in it is found.
 *
 * @type {[string, (text: string) => string | undefined][]}
 */
const LAYERS = [
  ['white space around it', (text) => text.trim()],
  ['quotation marks around it', (text) => /^(["'`])(.*)\1$/s.exec(text)?.[2]],
  ['the name of the header before it', (text) => /^authorization:\s*(.*)$/is.exec(text)?.[1]],
  ['the word "Bearer" before it', (text) => /^bearer\s+(.*)$/is.exec(text)?.[1]],
  ['the cookie it was in', (text) => /(?:^|[;:]\s*)logto_authtoken=([^;]*)/.exec(text)?.[1]],
  ['the JSON it was in', (text) => /^\{.*"access_token"\s*:\s*"([^"]*)"/s.exec(text)?.[1]],
  ['percent-encoded dots', (text) => (/^[\w%.-]+$/.test(text) ? text.replaceAll(/%2E/gi, '.') : undefined)],
  ['line breaks or spaces within', (text) => (/^ey[\w.\s-]+$/.test(text) ? text.replaceAll(/\s/g, '') : undefined)],
]

/**
 * A token taken apart, without believing any of it.
 * @typedef {object} Reading
 * @property {string} bare the token itself
 * @property {string[]} wrappings what was around it
 * @property {'jws' | 'jwe' | 'opaque' | 'other'} format
 * @property {boolean} isCutShort whether it is the first part of a JWS alone
 * @property {Record<string, any> | null} header
 * @property {Record<string, any> | null} claims
 */

/**
 * @param {string} text
 * @returns {Reading}
 */
function readToken(text) {
  const { bare, wrappings } = unwrap(text)
  const parts = bare.split('.', 6)
  const format = formatOf(bare, parts.length)
  return {
    bare,
    wrappings,
    format,
    isCutShort: format === 'opaque' && typeof objectOf(bare)?.alg === 'string',
    header: format === 'jws' || format === 'jwe' ? objectOf(parts[0]) : null,
    claims: format === 'jws' ? objectOf(parts[1]) : null,
  }
}

/** @param {string} text */
function unwrap(text) {
  const wrappings = []
  let bare = text
  for (;;) {
    const inner = LAYERS.map(([name, open]) => ({ name, text: open(bare) })).find(
      (one) => one.text && one.text.length < bare.length,
    )
    if (inner?.text === undefined) return { bare, wrappings }
    wrappings.push(inner.name)
    bare = inner.text
  }
}

/**
 * @param {string} bare
 * @param {number} parts
 * @returns {Reading['format']}
 */
function formatOf(bare, parts) {
  if (parts === 3) return 'jws'
  if (parts === 5) return 'jwe'
  return parts === 1 && OPAQUE.test(bare) ? 'opaque' : 'other'
}

/**
 * @param {string} part
 * @returns {Record<string, any> | null}
 */
function objectOf(part) {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

module.exports = { readToken }
