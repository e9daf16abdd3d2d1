'use strict'

const { AuthError } = require('./errors')

/**
 * What an options object says at one moment: its own members, each read once, and the elements of those that are arrays. It
 * has no prototype, so that an option that is not given is undefined.
 * @typedef {Record<string, any>} GivenOptions
 */

/**
 * @param {unknown} options
 * @returns {GivenOptions}
 * @throws {AuthError} `options_invalid` where it is no object
 */
function takeOptions(options) {
  if (typeof options !== 'object' || options === null) {
    throw new AuthError('options_invalid', { option: 'options', problem: 'an object is required' })
  }
  /** @type {GivenOptions} */
  const given = { __proto__: null, ...options }
  for (const name of Object.keys(given)) {
    if (Array.isArray(given[name])) given[name] = [...given[name]]
  }
  return given
}

/** The members of an options object, in a form that is quick to compare with. */
class Snapshot {
  #names
  #values

  /** @param {GivenOptions} given */
  constructor(given) {
    this.#names = Object.keys(given)
    this.#values = Object.values(given)
  }

  /**
   * Whether an options object still says the same. Called for each request: `for in` makes no array of the names.
   *
   * @param {Record<string, any>} options
   */
  matches(options) {
    let index = 0
    for (const name in options) {
      if (!Object.hasOwn(options, name)) continue
      if (name !== this.#names[index] || !isSame(options[name], this.#values[index])) return false
      index += 1
    }
    return index === this.#names.length
  }
}

/**
 * @param {unknown} value
 * @param {unknown} before
 */
function isSame(value, before) {
  if (value === before) return true
  if (!Array.isArray(value) || !Array.isArray(before) || value.length !== before.length) return false
  for (let index = 0; index < value.length; index += 1) {
    if (value[index] !== before[index]) return false
  }
  return true
}

module.exports = { Snapshot, takeOptions }
