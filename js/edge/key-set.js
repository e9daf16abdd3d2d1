'use strict'

// A JWK Set (RFC 7517 section 5) turned into keys that are ready to verify.

const { AuthError } = require('../errors')
const { prepareKey } = require('./jwk')
const { quote } = require('./quote')
const { entriesOf } = require('./set-entries')

/** The most keys a set may list; one with more is refused whole. */
const MAX_KEYS = 100

/** The verifying keys of one answer of a JWKS endpoint. Never changes: a new answer is a new set. */
class KeySet {
  #entries

  constructor(entries) {
    this.#entries = entries
  }

  /**
   * Parses the body of a JWKS response. An entry that is broken, foreign or not for verifying costs itself alone, and so
   * do entries that share a `kid`.
   *
   * @param {Uint8Array} body
   * @returns {Promise<KeySet | undefined>} undefined: no JSON object with an array `keys` of at most 100
   */
  static async parse(body) {
    const listed = entriesOf(body)
    if (listed === undefined || listed.length > MAX_KEYS) return undefined
    const usable = (await Promise.all(listed.map(prepareKey))).filter((entry) => entry !== undefined)
    const uses = (kid) => usable.filter((entry) => entry.kid === kid).length
    return new KeySet(usable.filter(({ kid }) => kid === undefined || uses(kid) === 1))
  }

  /** How many keys there are to verify with. */
  get count() {
    return this.#entries.length
  }

  /**
   * The one key that may verify a token with this `kid` and algorithm.
   *
   * @throws {AuthError} `key_not_found`: no key has this `kid`, or, without one, not exactly one key fits;
   *   `algorithm_not_allowed`: the key is for another algorithm
   */
  select({ kid, algorithm }) {
    const candidates = this.#entries.filter((one) => (kid === undefined ? one.key.fits(algorithm) : one.kid === kid))
    if (candidates.length !== 1) {
      throw new AuthError('key_not_found', { kid: kid === undefined ? null : quote(kid) })
    }
    const [{ key }] = candidates
    if (!key.fits(algorithm)) throw new AuthError('algorithm_not_allowed', { found: algorithm })
    return key
  }
}

module.exports = { KeySet }
