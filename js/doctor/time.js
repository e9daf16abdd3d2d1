'use strict'

/** @type {[string, number][]} */
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/**
 * A time span in its largest sensible unit.
 *
 * @param {number} seconds
 */
function duration(seconds) {
  const [unit, size] = UNITS.find(([, least]) => seconds >= 2 * least) ?? ['second', 1]
  const count = Math.round(seconds / size)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

module.exports = { duration }
