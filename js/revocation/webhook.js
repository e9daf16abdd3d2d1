'use strict'

// The webhooks of Logto: a body of JSON, and in a header the HMAC-SHA256 of its bytes under the hook's signing key.

/** @import { LogtoWebhookEvent } from 'logto-authkit' */

const { isSigned } = require('#webhook-signature')
const { AuthError } = require('../errors')
const { bytesOfHex } = require('../hmac')
const { invalid, isText } = require('../option-values')
const { own } = require('../own')
const { isThenable } = require('../thenable')

const SIGNATURE_HEADER = 'logto-signature-sha-256'

/** Lowercase hexadecimal, as Logto writes it. */
const SIGNATURE = /^[0-9a-f]{64}$/

/** @type {typeof import('logto-authkit').verifyWebhook} */
function verifyWebhook(rawBody, signature, signingKey) {
  const event = readWebhook(rawBody, signature, readSigningKeys(signingKey))
  if (!isThenable(event)) return event
  event.catch(() => {})
  throw invalid('verifyWebhook', 'not available in Edge runtimes, where signatures are verified asynchronously')
}

/**
 * @param {unknown} rawBody the bytes that came, or their text; nothing that has been parsed
 * @param {unknown} signature the value of the header
 * @param {string[]} keys
 * @returns {LogtoWebhookEvent | Promise<LogtoWebhookEvent>} a promise in Edge runtimes
 * @throws {AuthError} `webhook_invalid`, perhaps as a rejection
 */
function readWebhook(rawBody, signature, keys) {
  const body = typeof rawBody === 'string' ? new TextEncoder().encode(rawBody) : rawBody
  if (!(body instanceof Uint8Array)) {
    throw invalid('rawBody', 'neither bytes nor text: the signature is of the body as it came, before it is parsed')
  }
  // Logto sends none where the hook has no key. Anybody could have sent that.
  if (typeof signature !== 'string') throw refused('no signature')
  if (!SIGNATURE.test(signature)) throw refused('the signature is no SHA-256 in lowercase hexadecimal')
  const answer = isSigned(body, bytesOfHex(signature), keys)
  return isThenable(answer) ? answer.then((isGood) => parsed(isGood, body)) : parsed(answer, body)
}

/**
 * @param {boolean} isGood
 * @param {Uint8Array} body
 * @returns {LogtoWebhookEvent}
 */
function parsed(isGood, body) {
  if (isGood !== true) throw refused('another key, or another body')
  const event = eventIn(body)
  if (typeof own(Object(event), 'event') !== 'string') throw refused('the body is no event')
  return event
}

/** @param {Uint8Array} body */
function eventIn(body) {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

/**
 * The signing keys of a hook: several while one replaces another.
 *
 * @param {unknown} value
 * @returns {string[]}
 */
function readSigningKeys(value) {
  const keys = Array.isArray(value) ? [...value] : [value]
  if (keys.length === 0 || !keys.every(isText)) throw invalid('signingKey', 'a non-empty string, or an array of them')
  return keys
}

/** @param {string} reason */
function refused(reason) {
  return new AuthError('webhook_invalid', { reason })
}

module.exports = { SIGNATURE_HEADER, readSigningKeys, readWebhook, refused, verifyWebhook }
