'use strict'

// The compact JWS (RFC 7515 section 7.1) taken apart, strictly, before anything of it is believed. Mirrors
// src/token.rs.

const { AuthError } = require('../../errors')
const { MAX_TOKEN_BYTES } = require('../contract')
const { decode } = require('./base64url')
const { quote } = require('../../quote')
const { ALGORITHMS } = require('./signature')
const { parseObject } = require('./strict-json')

/** A text that may be an opaque access token: RFC 6750's `b64token` without a dot. */
const OPAQUE = /^[A-Za-z0-9\-_~+/=]{20,}$/

/**
 * A well-formed JWS. Nothing in it can be trusted until its signature is verified.
 * @typedef {{ text: string, algorithm: string, kid?: string, typ?: string, payload: Uint8Array }} Jws
 */

/**
 * Takes a compact JWS apart.
 *
 * @param {string} token
 * @returns {Jws}
 * @throws {AuthError} `token_malformed`, `token_opaque` or `algorithm_not_allowed`
 */
function parseToken(token) {
  if (isTooLong(token)) throw malformed('longer than 64 KiB')
  const parts = token.split('.', 4)
  if (parts.length === 1 && OPAQUE.test(token)) throw new AuthError('token_opaque')
  if (parts.length !== 3) throw malformed('not three parts')
  const [header, payload, signature] = parts
  const members = parseHeader(decodePart(header))
  const payloadBytes = decodePart(payload)
  decodePart(signature)
  return { text: token, ...members, payload: payloadBytes }
}

/**
 * The members of a JOSE header that verification reads; `jwk`, `jku`, `x5u` and `x5c` are never among them.
 *
 * @param {Uint8Array} bytes
 */
function parseHeader(bytes) {
  const header = parseObject(bytes)
  if (header === undefined) throw malformed('the header is not a JSON object of unique members')
  // Neither extension is implemented, so RFC 7515 section 4.1.11 and RFC 7797 section 6 say: refuse.
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) {
    throw malformed('the header has a crit or b64 member')
  }
  const algorithm = stringIn(header, 'alg')
  if (algorithm === undefined) throw malformed('the header has no alg')
  if (!ALGORITHMS.includes(algorithm)) throw new AuthError('algorithm_not_allowed', { found: quote(algorithm) })
  return { algorithm, kid: stringIn(header, 'kid'), typ: stringIn(header, 'typ') }
}

/**
 * @param {Record<string, unknown>} header
 * @param {string} name
 */
function stringIn(header, name) {
  if (!Object.hasOwn(header, name)) return undefined
  const value = header[name]
  if (typeof value !== 'string') throw malformed('alg, kid or typ is not a string')
  return value
}

/** @param {string} part */
function decodePart(part) {
  const bytes = decode(part)
  if (bytes === undefined) throw malformed('not canonical base64url')
  return bytes
}

/**
 * Whether a token has too many bytes. A UTF-16 unit is one to three bytes of UTF-8, so that only some lengths need a count.
 *
 * @param {string} token
 */
function isTooLong(token) {
  if (token.length > MAX_TOKEN_BYTES) return true
  return token.length * 3 > MAX_TOKEN_BYTES && new TextEncoder().encode(token).length > MAX_TOKEN_BYTES
}

/** @param {string} reason */
function malformed(reason) {
  return new AuthError('token_malformed', { reason })
}

module.exports = { malformed, parseToken }
