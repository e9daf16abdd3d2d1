'use strict'

/** The time between two readings of the clock: a reading costs as much as the cheapest step. */
const LOOK_MS = 2

/**
 * Awaits `step(index)` with growing indices, for `milliseconds` or until the index is `to`.
 *
 * @returns the index at the end, and the calls per second
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

/** The rate of a step after a warm-up, in which V8 optimises it. */
async function warmPace(step, { warmUpMs, measureMs }) {
  const { end } = await pace(step, { milliseconds: warmUpMs })
  const { rate } = await pace(step, { from: end, milliseconds: measureMs })
  return rate
}

module.exports = { pace, warmPace }
