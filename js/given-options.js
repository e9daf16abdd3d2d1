'use strict'

const { AuthError } = require('./errors')

/**
 * A copy of an options object at one moment: its own members, each read once, and copies of the arrays among them. The copy
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
   * Whether an options object still says the same. Called for each request: `for in` makes no array of the names, and names
   * own members before inherited ones, so that only the last has to be asked whether it is an own one.
   *
   * @param {Record<string, any>} options
   */
  matches(options) {
    const names = this.#names
    const values = this.#values
    let index = 0
    for (const name in options) {
      if (index === names.length) {
        if (Object.hasOwn(options, name)) return false
        break
      }
      const value = options[name]
      if (name !== names[index] || (value !== values[index] && !areSame(value, values[index]))) return false
      index += 1
    }
    return index === names.length && (index === 0 || Object.hasOwn(options, names[index - 1]))
  }
}

/**
 * Whether two values are arrays of the same elements.
 *
 * @param {unknown} value
 * @param {unknown} before
 */
function areSame(value, before) {
  if (!Array.isArray(value) || !Array.isArray(before) || value.length !== before.length) return false
  for (let index = 0; index < value.length; index += 1) {
    if (value[index] !== before[index]) return false
  }
  return true
}

module.exports = { Snapshot, takeOptions }
