'use strict'

const { pace } = require('./pace')

/** How often each step takes its turn within one measurement, since the steps differ by less than a noisy second does. */
const TURNS = 40

/**
 * The times of steps that take turns, each awaited.
 *
 * @param {Record<string, () => unknown>} steps
 * @returns {Promise<Record<string, number>>} for each step, the time in µs below which a quarter of its turns were: what disturbs
 *   a turn only makes it longer
 */
async function takeTurns(steps, { warmUpMs, measureMs }) {
  const columns = Object.entries(steps).map(([name, step]) => ({ name, step, times: [] }))
  for (const { step } of columns) await pace(step, { milliseconds: warmUpMs })
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const { step, times } of columns) times.push(1e6 / (await pace(step, { milliseconds: measureMs / 10 })).rate)
  }
  return Object.fromEntries(columns.map(({ name, times }) => [name, quantile(times, 0.25)]))
}

/**
 * A function that verifies a token as requests bring it: each time in a new string.
 *
 * @param {string} token
 * @param {(token: string) => unknown} verify
 */
function stepFor(token, verify) {
  const bytes = Buffer.from(token)
  return () => verify(bytes.latin1Slice())
}

/** The value below which that part of the values is. */
function quantile(values, part) {
  return values.sort((a, b) => a - b)[Math.floor(values.length * part)]
}

module.exports = { quantile, stepFor, takeTurns }
