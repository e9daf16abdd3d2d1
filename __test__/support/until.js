'use strict'

const { setTimeout: sleep } = require('node:timers/promises')

/** Waits until a condition holds, which may be asynchronous; fails, with the condition, where it does not in time. */
async function until(condition, limitMs = 5_000) {
  const deadline = performance.now() + limitMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${condition}`)
    await sleep(5)
  }
}

module.exports = { until }
