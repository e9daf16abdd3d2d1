'use strict'

const { pace } = require('../support/pace')
const { readTokens } = require('../support/tokens')

module.exports = {
  name: 'first-sight',
  title: 'First sight of a token',
  note: 'Every token is new. One by one, each awaited.',
  cases: ({ algorithms, tokens }) => algorithms.map((alg) => ({ alg, tenants: 1, keys: 1, tokens: tokens[alg] })),
  tables: (algorithms) => [{ unit: '/s', columns: algorithms.map((alg) => ({ label: alg, alg, metric: 'rate' })) }],

  async measure({ contender, world, settings: { warmUpMs, measureMs } }) {
    const tokens = readTokens(world.tokens)
    if (contender.rate) return { rate: await contender.rate(world.tenants[0], tokens[0], measureMs) }
    const verify = await contender.verifier(world.tenants[0])
    const step = (index) => verify(tokens[index])
    const { end } = await pace(step, { milliseconds: warmUpMs, to: tokens.length / 5 })
    return { rate: (await pace(step, { milliseconds: measureMs, from: end, to: tokens.length })).rate }
  },
}
