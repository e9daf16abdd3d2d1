'use strict'

const { ALGORITHMS, CURVES, RSA_ALGORITHMS } = require('./algorithms')
const { decode } = require('./base64url')
const { parseObject } = require('./strict-json')
const { VerifyingKey } = require('./verifying-key')

const STRINGS = ['kid', 'alg', 'use', 'crv', 'x', 'y', 'n', 'e']

/**
 * Makes a key of an entry of a set (RFC 7517 section 4).
 *
 * @param {Uint8Array} entry its JSON text
 * @returns {Promise<{ kid?: string, key: VerifyingKey } | undefined>} undefined where it is broken, foreign or not for
 *   verifying
 */
async function prepareKey(entry) {
  const jwk = parseObject(entry)
  if (jwk === undefined || !isWellTyped(jwk) || !isForVerifying(jwk)) return undefined
  const makers = { EC: ecKey, OKP: ed25519Key, RSA: rsaKey }
  const key = Object.hasOwn(makers, jwk.kty) ? await makers[jwk.kty](jwk) : undefined
  // An alg that is not ours must not read as "no alg".
  if (key === undefined || (jwk.alg !== undefined && !key.fits(jwk.alg))) return undefined
  return { kid: jwk.kid, key }
}

/** A member that is there must have its type: `null` is not the same as absent. */
function isWellTyped(jwk) {
  const isListOfStrings = (value) => Array.isArray(value) && value.every((one) => typeof one === 'string')
  return (
    typeof jwk.kty === 'string' &&
    STRINGS.every((name) => !Object.hasOwn(jwk, name) || typeof jwk[name] === 'string') &&
    (!Object.hasOwn(jwk, 'key_ops') || isListOfStrings(jwk.key_ops))
  )
}

function isForVerifying(jwk) {
  // Anybody can sign with a private key that is published.
  if (Object.hasOwn(jwk, 'd')) return false
  if (jwk.alg !== undefined && !ALGORITHMS.includes(jwk.alg)) return false
  return (jwk.use ?? 'sig') === 'sig' && (jwk.key_ops ?? ['verify']).includes('verify')
}

/** Coordinates have the curve's full length (RFC 7518 section 6.2.1.2); whether they are a point, the import finds out. */
async function ecKey({ kty, crv, x = '', y = '' }) {
  const { algorithm, coordinateBytes } = CURVES.get(crv) ?? {}
  if (decode(x)?.length !== coordinateBytes || decode(y)?.length !== coordinateBytes) return undefined
  return importable(new VerifyingKey({ kty, crv, x, y }, [algorithm]))
}

/** Whether x is a point is found out when it is to verify (RFC 8037 section 2). */
function ed25519Key({ kty, crv, x = '' }) {
  const point = crv === 'Ed25519' ? decode(x) : undefined
  if (point?.length !== 32 || hasSmallOrder(point)) return undefined
  return new VerifyingKey({ kty, crv, x }, ['EdDSA'])
}

/** Moduli of 2048 to 8192 bits; without an alg, the key is for all six algorithms of the family. */
async function rsaKey({ kty, n = '', e = '', alg }) {
  const [modulus, exponent] = [decode(n), decode(e)]
  if (!modulus?.length || !exponent?.length) return undefined
  const bits = modulus.length * 8 - Math.clz32(modulus[0]) + 24
  const isOdd = (modulus.at(-1) & exponent.at(-1) & 1) === 1
  if (modulus[0] === 0 || bits < 2048 || bits > 8192 || !isOdd || !isSafeExponent(exponent)) return undefined
  if (alg !== undefined && !RSA_ALGORITHMS.includes(alg)) return undefined
  return importable(new VerifyingKey({ kty, n, e }, alg === undefined ? RSA_ALGORITHMS : [alg]))
}

async function importable(key) {
  return (await key.isImportable()) ? key : undefined
}

/** From 3, and of at most 33 bits. */
function isSafeExponent(bytes) {
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  return bytes.length <= 5 && bytes[0] !== 0 && value >= 3 && value < 2 ** 33
}

/** The y coordinates, in hexadecimal and little-endian, of the points whose order divides 8, under which anybody can
 * sign; the last two in the form that is not reduced. */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

/** Whether an Ed25519 point has a small order, whatever the sign of its x in the highest bit. */
function hasSmallOrder(point) {
  const y = point.with(31, point[31] & 0x7f)
  return SMALL_ORDER.has(Array.from(y, (byte) => byte.toString(16).padStart(2, '0')).join(''))
}

module.exports = { prepareKey }
