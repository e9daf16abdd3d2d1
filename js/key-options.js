'use strict'

// The options that bring keys along: a JWK Set (RFC 7517 section 5) in place of a fetch, or ahead of the first one.

/**
 * @import { GivenOptions } from './given-options'
 * @import { Seed } from './engines/contract'
 */

const { invalid } = require('./option-values')
const { own } = require('./own')

/**
 * Both as JSON texts, which the user's object cannot change any more.
 *
 * @param {GivenOptions} given
 * @returns {{ jwks: string | undefined, initialJwks: Seed | undefined }}
 * @throws {AuthError} `options_invalid`
 */
function readKeyOptions(given) {
  const { jwks, initialJwks } = given
  // exportJwks gives null where there are no keys yet.
  const hasSeed = initialJwks !== undefined && initialJwks !== null
  if (jwks !== undefined) refuseBeside(given, 'jwks', ['jwksUri', 'initialJwks', 'skipJwksCache'])
  if (hasSeed) refuseBeside(given, 'initialJwks', ['skipJwksCache'])
  return {
    jwks: jwks === undefined ? undefined : readJwks('jwks', jwks),
    initialJwks: hasSeed ? readSeed(initialJwks) : undefined,
  }
}

/**
 * @param {GivenOptions} given
 * @param {string} option
 * @param {string[]} others that would say where else keys come from
 */
function refuseBeside(given, option, others) {
  for (const name of others) {
    if (given[name]) throw invalid(name, `not beside ${option}`)
  }
}

/**
 * @param {unknown} seed
 * @returns {Seed}
 */
function readSeed(seed) {
  const fetchedAt = own(Object(seed), 'fetchedAt')
  if (typeof fetchedAt !== 'number' || !Number.isFinite(fetchedAt) || fetchedAt < 0) {
    throw invalid('initialJwks', 'fetchedAt is no number of milliseconds since 1970')
  }
  return { jwks: readJwks('initialJwks', seed), fetchedAt }
}

/**
 * @param {string} option
 * @param {unknown} set
 */
function readJwks(option, set) {
  // Loaded here, since most verifiers are given no keys: it is half of the portable engine.
  const { MAX_KEYS, readKeys } = require('./engines/portable/jwks/key-set')
  const text = jsonOf({ keys: own(Object(set), 'keys') })
  const { usable, unusable, problem } = readKeys(new TextEncoder().encode(text))
  if (problem === 'too_many_keys') throw invalid(option, `lists more than ${MAX_KEYS} keys`)
  if (problem !== undefined) throw invalid(option, 'not a JWK Set: an object with an array keys')
  if (usable.length === 0) {
    throw invalid(option, `none of its keys can verify a token${unusable.length > 0 ? `: ${unusable[0].flaw}` : ''}`)
  }
  return text
}

/** @param {unknown} value */
function jsonOf(value) {
  try {
    return JSON.stringify(value)
  } catch {
    return ''
  }
}

module.exports = { readKeyOptions }
