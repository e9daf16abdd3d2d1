'use strict'

const { setTimeout: sleep } = require('node:timers/promises')

/** Waits until a condition holds; fails, with the condition, where it does not in time. */
async function until(condition, limitMs = 5_000) {
  const deadline = performance.now() + limitMs
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${condition}`)
    await sleep(5)
  }
}

module.exports = { until }
