'use strict'

// Strict base64url. Stands for the crate base64, which src/ decodes with.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const TEXT = /^[A-Za-z0-9_-]*$/

/**
 * The bits of the last character that belong to no byte, by the remainder of the length divided by 4.
 *
 * @type {Record<number, number>}
 */
const UNUSED_BITS = { 0: 0, 2: 0b1111, 3: 0b11 }

/**
 * Decodes unpadded base64url whose unused bits are zero (RFC 7515 section 2), so that two texts never mean the same bytes.
 *
 * @param {string} text
 * @returns {Uint8Array | undefined} undefined for any other text
 */
function decode(text) {
  const unused = UNUSED_BITS[text.length % 4]
  if (unused === undefined || !TEXT.test(text)) return undefined
  if ((ALPHABET.indexOf(text.at(-1) ?? 'A') & unused) !== 0) return undefined
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(binary.length)
  // Several times as fast as Uint8Array.from, for each part of each token.
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = binary.charCodeAt(index)
  return bytes
}

module.exports = { decode }
