'use strict'

const { warmPace } = require('../support/pace')
const { streamTokens } = require('../support/tokens')

module.exports = {
  name: 'seen-before',
  title: 'A token seen before',
  note: 'The same token again and again, each time as a new string, as each request has its own. One by one, awaited.',
  cases: ({ algorithms, tokens }) => algorithms.map((alg) => ({ alg, tenants: 1, keys: 1, tokens: tokens[alg] })),
  tables: (algorithms) => [{ unit: '/s', columns: algorithms.map((alg) => ({ label: alg, alg, metric: 'rate' })) }],

  async measure({ contender, world, settings }) {
    const tokenAt = streamTokens(world.tokens)
    const verify = await contender.verifier(world.tenants[0])
    return { rate: await warmPace(() => verify(tokenAt(0)), settings) }
  },
}
