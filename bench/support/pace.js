'use strict'

/** Between two looks at the clock, which costs as much as the cheapest calls do. */
const LOOK_MS = 2

/**
 * Awaits `step(index)` again and again, for `milliseconds` or until `to`.
 *
 * @returns where it ended, and calls per second
 */
async function pace(step, { milliseconds, from = 0, to = Number.POSITIVE_INFINITY }) {
  const start = performance.now()
  let looked = start
  let batch = 1
  let index = from
  while (looked - start < milliseconds && index < to) {
    const end = Math.min(index + batch, to)
    for (; index < end; index += 1) await step(index)
    const now = performance.now()
    if (now - looked < LOOK_MS) batch *= 2
    looked = now
  }
  return { end: index, rate: ((index - from) * 1_000) / (looked - start) }
}

/** The rate of a step once it has been optimised. */
async function warmPace(step, { warmUpMs, measureMs }) {
  const { end } = await pace(step, { milliseconds: warmUpMs })
  const { rate } = await pace(step, { from: end, milliseconds: measureMs })
  return rate
}

module.exports = { pace, warmPace }
