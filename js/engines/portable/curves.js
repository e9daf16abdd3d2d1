'use strict'

// The elliptic curves of RFC 7518 section 6.2.1.1, y² = x³ - 3x + b over the integers modulo p (SEC 2 version 2.0, section 2).

const { hexOf } = require('../../hex')

/**
 * @typedef {object} Curve
 * @property {string} algorithm the only one whose signatures its keys verify
 * @property {number} coordinateBytes the length of a coordinate
 * @property {bigint} p
 * @property {bigint} b
 */

/** @type {Map<string | undefined, Curve>} */
const CURVES = new Map([
  [
    'P-256',
    {
      algorithm: 'ES256',
      coordinateBytes: 32,
      p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
      b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    },
  ],
  [
    'P-384',
    {
      algorithm: 'ES384',
      coordinateBytes: 48,
      p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
      b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    },
  ],
  [
    'P-521',
    {
      algorithm: 'ES512',
      coordinateBytes: 66,
      p: 2n ** 521n - 1n,
      b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    },
  ],
])

/**
 * Whether two coordinates, big-endian and of the curve's full length, are a point of it.
 *
 * @param {Curve} curve
 * @param {Uint8Array} xBytes
 * @param {Uint8Array} yBytes
 */
function isPoint({ coordinateBytes, p, b }, xBytes, yBytes) {
  if (xBytes.length !== coordinateBytes || yBytes.length !== coordinateBytes) return false
  const [x, y] = [integerOf(xBytes), integerOf(yBytes)]
  return x < p && y < p && (y * y - (x * x * x - 3n * x + b)) % p === 0n
}

/** @param {Uint8Array} bytes */
function integerOf(bytes) {
  return BigInt(`0x${hexOf(bytes)}`)
}

module.exports = { CURVES, isPoint }
