'use strict'

const { monitorEventLoopDelay } = require('node:perf_hooks')
const { setImmediate } = require('node:timers/promises')
const { readTokens } = require('../support/tokens')

const LANES = 64

module.exports = {
  name: 'in-flight',
  title: `${LANES} tokens in flight`,
  note:
    'Every token is new, and each arrives in a turn of the event loop, as requests do. The delay is that of ' +
    '`perf_hooks.monitorEventLoopDelay` with a resolution of 1 ms, which an idle loop shows too.',
  cases: ({ algorithms, tokens }) => algorithms.map((alg) => ({ alg, tenants: 1, keys: 1, tokens: tokens[alg] })),
  tables: (algorithms) => [
    { unit: '/s', columns: algorithms.map((alg) => ({ label: alg, alg, metric: 'rate' })) },
    {
      heading: 'Delay of the event loop, 99th percentile, meanwhile',
      unit: ' ms',
      isLessBetter: true,
      columns: algorithms.map((alg) => ({ label: alg, alg, metric: 'delayMs' })),
    },
  ],

  async measure({ contender, world, settings: { warmUpMs, measureMs } }) {
    const tokens = readTokens(world.tokens)
    const verify = await contender.verifier(world.tenants[0])
    await verify(tokens[0])
    const { end } = await flood(verify, tokens, { milliseconds: warmUpMs, from: 1, to: tokens.length / 5 })
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const { rate } = await flood(verify, tokens, { milliseconds: measureMs, from: end, to: tokens.length })
    delay.disable()
    return { rate, delayMs: delay.percentile(99) / 1e6 }
  },
}

async function flood(verify, tokens, { milliseconds, from, to }) {
  let next = from
  const start = performance.now()
  const lane = async () => {
    while (next < to && performance.now() - start < milliseconds) {
      await setImmediate()
      if (next >= to) return
      next += 1
      await verify(tokens[next - 1])
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return { end: next, rate: ((next - from) * 1_000) / (performance.now() - start) }
}
