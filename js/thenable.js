'use strict'

/**
 * Whether a value is a promise, of whatever class: `Promise` may be replaced (zone.js, bluebird) while async functions go on
 * giving the runtime's own.
 *
 * @template T
 * @param {T | Promise<T>} value
 * @returns {value is Promise<T>}
 */
function isThenable(value) {
  return typeof (/** @type {any} */ (value)?.then) === 'function'
}

module.exports = { isThenable }
