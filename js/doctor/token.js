'use strict'

/** RFC 6750's `b64token` without a dot. */
const OPAQUE = /^[A-Za-z0-9\-_~+/=]{20,}$/

/** What people copy along with a token: how it is called, and how what is in it is found. */
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
 * @property {?object} header
 * @property {?object} claims
 */

/** @returns {Reading} */
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

function unwrap(text) {
  const wrappings = []
  let bare = text
  for (;;) {
    const inner = LAYERS.map(([name, open]) => [name, open(bare)]).find(
      ([, found]) => found && found.length < bare.length,
    )
    if (inner === undefined) return { bare, wrappings }
    wrappings.push(inner[0])
    bare = inner[1]
  }
}

function formatOf(bare, parts) {
  if (parts === 3) return 'jws'
  if (parts === 5) return 'jwe'
  return parts === 1 && OPAQUE.test(bare) ? 'opaque' : 'other'
}

function objectOf(part) {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

module.exports = { readToken }
