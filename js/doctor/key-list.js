'use strict'

const { readKeys } = require('../engines/portable/jwks/key-set')
const { ALGORITHMS } = require('../engines/portable/signature')

/**
 * The keys of a JWKS answer: those that can verify a token, and those that cannot. `problem`, as `readKeys` names it: there is
 * no such list.
 * @typedef {object} KeyList
 * @property {{ kid: string | null, algorithms: string[] }[]} [usable]
 * @property {{ kid: string | null, reason: string }[]} [unusable]
 * @property {'not_a_key_set' | 'too_many_keys'} [problem]
 */

/**
 * @param {Buffer} body
 * @returns {KeyList}
 */
function listKeys(body) {
  const { usable, unusable, problem } = readKeys(body)
  if (problem !== undefined) return { problem }
  return {
    usable: usable.map(({ kid = null, key }) => ({ kid, algorithms: ALGORITHMS.filter((alg) => key.fits(alg)) })),
    unusable: unusable.map(({ kid = null, flaw }) => ({ kid, reason: flaw })),
  }
}

module.exports = { listKeys }
