'use strict'

const { ALGORITHMS } = require('../edge/algorithms')
const { prepareKey } = require('../edge/jwk')
const { entriesOf } = require('../edge/set-entries')

const CURVES = ['P-256', 'P-384', 'P-521', 'Ed25519']

/** What a key may be of no use for: the first that fits is told. */
const FLAWS = [
  [(jwk) => jwk.kty === 'oct', 'a shared secret, which must not be published'],
  [(jwk) => Object.hasOwn(jwk, 'd'), 'a private key is published: anybody can sign with it'],
  [(jwk) => jwk.use !== undefined && jwk.use !== 'sig', 'not for signatures'],
  [(jwk) => jwk.key_ops !== undefined && !jwk.key_ops?.includes?.('verify'), 'not for verifying'],
  [(jwk) => jwk.alg !== undefined && !ALGORITHMS.includes(jwk.alg), 'for an algorithm that is not supported'],
  [(jwk) => jwk.crv !== undefined && !CURVES.includes(jwk.crv), 'on a curve that is not supported'],
  [(jwk) => jwk.kty === 'RSA' && !(jwk.n?.length >= 342), 'an RSA key of less than 2048 bits'],
  [(jwk) => !['EC', 'OKP', 'RSA'].includes(jwk.kty), 'of a type that is not supported'],
]

/**
 * The keys of a JWKS answer: those that can verify a token, and those that cannot.
 *
 * @param {Buffer} body
 * @returns {Promise<{ usable: { kid: ?string, algorithms: string[] }[], unusable: { kid: ?string, reason: string }[] } |
 *   undefined>} undefined: not a key set
 */
async function listKeys(body) {
  const entries = entriesOf(body)
  if (entries === undefined) return undefined
  const keys = await Promise.all(entries.map(describe))
  const isShared = ({ kid }) => kid !== null && keys.filter((key) => key.algorithms && key.kid === kid).length > 1
  const isUsable = (key) => key.algorithms !== undefined && !isShared(key)
  return {
    usable: keys.filter(isUsable),
    unusable: keys
      .filter((key) => !isUsable(key))
      .map(({ kid, reason }) => ({ kid, reason: reason ?? 'shares its kid with another key' })),
  }
}

async function describe(entry) {
  const prepared = await prepareKey(entry)
  if (prepared !== undefined) {
    return { kid: prepared.kid ?? null, algorithms: ALGORITHMS.filter((alg) => prepared.key.fits(alg)) }
  }
  const jwk = parse(entry)
  const reason = FLAWS.find(([has]) => has(jwk))?.[1] ?? 'broken'
  return { kid: typeof jwk.kid === 'string' ? jwk.kid : null, reason }
}

function parse(entry) {
  try {
    return Object(JSON.parse(Buffer.from(entry).toString()))
  } catch {
    return {}
  }
}

module.exports = { listKeys }
