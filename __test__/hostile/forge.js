'use strict'

const { KeyObject, constants, createHmac, sign } = require('node:crypto')

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const HASH_BITS = /(?:256|384|512)$/

/** Unpadded base64url of text, bytes, or an object's JSON. */
function encode(part) {
  return Buffer.from(isPlainObject(part) ? JSON.stringify(part) : part).toString('base64url')
}

/** Base64url text of the same bytes, with the last of its unused bits set. */
function loosened(part) {
  if (part.length % 4 === 0) throw new RangeError('no unused bits')
  return part.slice(0, -1) + ALPHABET[ALPHABET.indexOf(part.at(-1)) | 1]
}

/** The parts of a compact JWS as bytes. */
function decodeParts(token) {
  return token.split('.').map((part) => Buffer.from(part, 'base64url'))
}

/** A compact JWS of any header and payload (each an object, text or bytes), signed by `signer`. */
function assemble(header, payload, signer) {
  return assembleEncoded(encode(header), encode(payload), signer)
}

/** A compact JWS of parts that are already encoded, well or badly. */
function assembleEncoded(header, payload, signer) {
  const input = `${header}.${payload}`
  return `${input}.${signer(input).toString('base64url')}`
}

/** A function that signs text as `alg` prescribes, with a key pair of `createKey`. */
function signerOf(key, alg = key.alg, options = {}) {
  const hash = alg.startsWith('Ed') ? null : `sha${alg.match(HASH_BITS)[0]}`
  const how = { key: KeyObject.from(key.privateKey), ...waysOf(alg), ...options }
  return (input) => sign(hash, Buffer.from(input), how)
}

function waysOf(alg) {
  if (alg.startsWith('PS')) {
    return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  }
  return alg.startsWith('ES') ? { dsaEncoding: 'ieee-p1363' } : {}
}

/** A function that authenticates text with HMAC under `secret`. */
function hmacOf(secret, bits = 256) {
  return (input) => createHmac(`sha${bits}`, secret).update(input).digest()
}

/** An object's JSON, with members appended as text, which may be malformed; `omit` names members to leave out. */
function jsonWith(object, members, omit = []) {
  const rest = Object.entries(object).filter(([name]) => !omit.includes(name))
  return `${JSON.stringify(Object.fromEntries(rest)).slice(0, -1)},${members}}`
}

/** The object with changed members; `undefined` removes a member. */
function withChanges(object, changes) {
  return Object.fromEntries(Object.entries({ ...object, ...changes }).filter(([, value]) => value !== undefined))
}

/** The big-endian bytes of a number, padded to this length. */
function bytesOf(number, length) {
  return Buffer.from(number.toString(16).padStart(length * 2, '0'), 'hex')
}

function numberOf(bytes) {
  return BigInt(`0x${bytes.toString('hex')}`)
}

function isPlainObject(part) {
  return typeof part === 'object' && !Buffer.isBuffer(part)
}

module.exports = {
  ALPHABET,
  assemble,
  assembleEncoded,
  bytesOf,
  decodeParts,
  encode,
  hmacOf,
  jsonWith,
  loosened,
  numberOf,
  signerOf,
  withChanges,
}
