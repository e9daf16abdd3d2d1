'use strict'

// A JWK Set (RFC 7517 section 5) turned into keys that are ready to verify. Mirrors src/jwks/key_set.rs.

/** @import { Key } from '../signature' */

const { RememberedTokens } = require('../../remembered-tokens')
const { readJwk } = require('./jwk')
const { jwkTextsOf } = require('./jwk-texts')

/** The most keys a set may list; one with more is refused whole. */
const MAX_KEYS = 100

/**
 * A key of a set, the name it has there, and the JSON text of its entry.
 * @typedef {{ kid?: string | undefined, key: Key, text: string }} NamedKey
 *
 * Why a set has no key for a token. `unknown`: no key has this `kid`, or, without a `kid`, not exactly one key fits the
 * algorithm. `other_algorithm`: the key with this `kid` is for another algorithm.
 * @typedef {'unknown' | 'other_algorithm'} NoKey
 *
 * The keys of one answer.
 * @typedef {InstanceType<typeof KeySet>} Keys
 */

/** The verifying keys of one answer of a JWKS endpoint. Never changes: a new answer is a new set. */
class KeySet {
  #keys

  /** The tokens that the keys of this set have verified. */
  tokens = new RememberedTokens()

  /** @param {NamedKey[]} keys */
  constructor(keys) {
    this.#keys = keys
  }

  /**
   * Parses the body of a JWKS response.
   *
   * @param {Uint8Array} body
   * @returns {KeySet | undefined} undefined where {@link readKeys} has a problem
   */
  static parse(body) {
    const { usable } = readKeys(body)
    return usable && new KeySet(usable)
  }

  /**
   * Whether both sets were read from the same entries, letter for letter, and so have the same keys.
   *
   * @param {KeySet} other
   */
  isSameAs(other) {
    return this.count === other.count && this.#keys.every(({ text }, index) => text === other.#keys[index].text)
  }

  /** How many keys there are to verify with. */
  get count() {
    return this.#keys.length
  }

  /**
   * The entries of these keys alone, each as it was published: fresh objects.
   *
   * @returns {object[]}
   */
  toJwks() {
    return this.#keys.map(({ text }) => JSON.parse(text))
  }

  /**
   * The one key that may verify a token with this `kid` and algorithm.
   *
   * @param {{ kid?: string | undefined, algorithm: string }} jws
   * @returns {{ key: Key, noKey: undefined } | { key: undefined, noKey: NoKey }}
   */
  select({ kid, algorithm }) {
    const candidates = this.#keys.filter((one) => (kid === undefined ? one.key.fits(algorithm) : one.kid === kid))
    if (candidates.length !== 1) return { key: undefined, noKey: 'unknown' }
    const [{ key }] = candidates
    return key.fits(algorithm) ? { key, noKey: undefined } : { key: undefined, noKey: 'other_algorithm' }
  }
}

/**
 * The keys that a JWKS response lists: those that can verify a token, and why each of the others cannot. An entry that is
 * broken, foreign or not for verifying is skipped, and so are entries that share a `kid`; the others stay.
 *
 * @param {Uint8Array} body
 * @returns {{ usable: NamedKey[], unusable: { kid?: string, flaw: string }[], problem?: undefined } |
 *   { problem: 'not_a_key_set' | 'too_many_keys', usable?: undefined, unusable?: undefined }} `not_a_key_set`: no JSON
 *   object with one array `keys`
 */
function readKeys(body) {
  const texts = jwkTextsOf(body)
  if (texts === undefined) return { problem: 'not_a_key_set' }
  if (texts.length > MAX_KEYS) return { problem: 'too_many_keys' }
  const read = texts.map((text) => ({ text, ...readJwk(text) }))
  const sound = read.filter((one) => one.key !== undefined)
  const isShared = (/** @type {NamedKey} */ { kid }) =>
    kid !== undefined && sound.filter((other) => other.kid === kid).length > 1
  const withFlaws = read.map((one) => (one.key && isShared(one) ? { ...one, key: undefined, flaw: SHARED_KID } : one))
  return {
    usable: withFlaws.filter((one) => one.key !== undefined),
    unusable: withFlaws.filter((one) => one.key === undefined),
  }
}

const SHARED_KID = 'shares its kid with another key'

module.exports = { KeySet, MAX_KEYS, readKeys }
