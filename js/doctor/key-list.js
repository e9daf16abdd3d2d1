'use strict'

const { readKeys } = require('../engines/portable/jwks/key-set')
const { ALGORITHMS } = require('../engines/portable/signature')

/**
 * The keys of a JWKS answer: those that can verify a token, and those that cannot.
 *
 * @param {Buffer} body
 * @returns {Promise<{ usable: { kid: string | null, algorithms: string[] }[], unusable: { kid: string | null, reason: string }[] } |
 *   undefined>} undefined: not a key set
 */
async function listKeys(body) {
  const keys = await readKeys(body)
  return (
    keys && {
      usable: keys.usable.map(({ kid = null, key }) => ({
        kid,
        algorithms: ALGORITHMS.filter((alg) => key.fits(alg)),
      })),
      unusable: keys.unusable.map(({ kid = null, flaw }) => ({ kid, reason: flaw })),
    }
  )
}

module.exports = { listKeys }
