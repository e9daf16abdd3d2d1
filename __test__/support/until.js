'use strict'

const { setTimeout: sleep } = require('node:timers/promises')

/** Waits until a condition holds; fails where it takes longer than `limitMs`. */
async function until(condition, limitMs = 5_000) {
  const deadline = performance.now() + limitMs
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${condition}`)
    await sleep(5)
  }
}

module.exports = { until }
