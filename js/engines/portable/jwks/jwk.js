'use strict'

// One entry of a JWK Set (RFC 7517 section 4) turned into a key, or into the reason why it is none: the only place that
// knows the reasons. Mirrors the second half of src/jwks/key_set.rs.

/** @import { Jwk, Key } from '../signature' */

const { ownMembers } = require('../../../own')
const { CURVES } = require('../curves')
const { ALGORITHMS, VerifyingKey } = require('../signature')
const { parseObjectText } = require('../strict-json')

/** The members that decide what a JWK verifies, each a string where it is there. */
const STRINGS = ['kid', 'alg', 'use', 'crv', 'x', 'y', 'n', 'e']

/** The members of a private key (RFC 7518 sections 6.2.2 and 6.3.2, RFC 8037 section 2). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth']

/**
 * What makes the key of a `kty`.
 *
 * @type {Record<string, (jwk: Jwk) => Key | undefined>}
 */
const MAKERS = {
  EC: (jwk) => VerifyingKey.fromEcPoint(jwk),
  OKP: (jwk) => VerifyingKey.fromEd25519(jwk),
  RSA: (jwk) => VerifyingKey.fromRsaComponents(jwk),
}

/**
 * Why an entry is no key of ours, as its members tell: the first that fits is the reason.
 *
 * @type {[(jwk: any) => boolean, string][]}
 */
const FLAWS = [
  [(jwk) => jwk.kty === 'oct', 'a shared secret, which must not be published'],
  [(jwk) => PRIVATE.some((name) => Object.hasOwn(jwk, name)), 'a private key is published: anybody can sign with it'],
  [(jwk) => !isWellTyped(jwk), 'broken: a member has the wrong type'],
  [(jwk) => (jwk.use ?? 'sig') !== 'sig', 'not for signatures'],
  [(jwk) => !(jwk.key_ops ?? ['verify']).includes('verify'), 'not for verifying'],
  // RFC 7517 section 4.3 forbids it.
  [({ key_ops: all = [] }) => new Set(all).size < all.length, 'broken: key_ops lists an operation twice'],
  // An alg that is not ours must not read as "no alg".
  [(jwk) => jwk.alg !== undefined && !ALGORITHMS.includes(jwk.alg), 'for an algorithm that is not supported'],
  [(jwk) => !Object.hasOwn(MAKERS, jwk.kty), 'of a type that is not supported'],
  [(jwk) => jwk.kty !== 'RSA' && !isKnownCurve(jwk.crv), 'on a curve that is not supported'],
  [(jwk) => jwk.kty === 'RSA' && !(jwk.n?.length >= 342), 'an RSA key of less than 2048 bits'],
]

/**
 * Reads an entry of a set.
 *
 * @param {string} text its JSON text
 * @returns {{ kid: string | undefined, key: Key, flaw: undefined } |
 *   { kid: string | undefined, key: undefined, flaw: string }}
 */
function readJwk(text) {
  const object = parseObjectText(text)
  if (object === undefined) return flawed(undefined, 'broken: not a JSON object of unique members')
  const members = ownMembers(object)
  const kid = typeof members.kid === 'string' ? members.kid : undefined
  const flaw = FLAWS.find(([has]) => has(members))?.[1]
  if (flaw !== undefined) return flawed(kid, flaw)
  const jwk = /** @type {Jwk} */ (members)
  const key = MAKERS[jwk.kty](jwk)
  if (key === undefined) return flawed(kid, 'broken: not a key of its type')
  if (jwk.alg !== undefined && !key.fits(jwk.alg)) return flawed(kid, 'for an algorithm that its type does not fit')
  return { kid, key, flaw: undefined }
}

/**
 * @param {string | undefined} kid
 * @param {string} flaw
 */
function flawed(kid, flaw) {
  return { kid, key: undefined, flaw }
}

/**
 * A member that is there must have its type: `null` is not the same as absent.
 *
 * @param {Record<string, unknown>} jwk
 */
function isWellTyped(jwk) {
  const isListOfStrings = (/** @type {unknown} */ value) =>
    Array.isArray(value) && value.every((one) => typeof one === 'string')
  return (
    typeof jwk.kty === 'string' &&
    STRINGS.every((name) => !Object.hasOwn(jwk, name) || typeof jwk[name] === 'string') &&
    (!Object.hasOwn(jwk, 'key_ops') || isListOfStrings(jwk.key_ops))
  )
}

/** @param {string | undefined} crv */
function isKnownCurve(crv) {
  return crv === undefined || crv === 'Ed25519' || CURVES.has(crv)
}

module.exports = { readJwk }
