'use strict'

const { streamTokens } = require('../support/tokens')

const MEGABYTE = 2 ** 20
const TOKENS = 10_000

module.exports = {
  name: 'remembered',
  title: 'Memory of remembered tokens',
  note:
    'By how much the resident memory of a process has grown, after a collection, once it has seen 10,000 distinct tokens of a ' +
    'tenant twice each, beyond what a hundred of them took. With a young generation of 1 MB: V8 lets it grow to 32 MB in any server ' +
    'under load, and that room is nobody’s.',
  algorithms: ['ES384'],
  execArgv: ['--expose-gc', '--max-semi-space-size=1'],
  cases: ({ algorithms, live }) =>
    algorithms.map((alg) => ({
      alg,
      tenants: 1,
      keys: 1,
      tokens: Math.min(TOKENS, live.remembered) + 100,
      contenders: ['logto-authkit', 'logto-authkit, portable', 'fast-jwt, cache'],
    })),
  tables: (algorithms) => [
    {
      unit: ' MB',
      isLessBetter: true,
      columns: algorithms.map((alg) => ({ label: alg, alg, metric: 'addedMb' })),
    },
  ],

  async measure({ contender, world }) {
    const verify = await contender.verifier(world.tenants[0])
    const tokenAt = streamTokens(world.tokens)
    const see = async (from, to) => {
      for (let index = from; index < to; index += 1) {
        await verify(tokenAt(index))
        await verify(tokenAt(index))
      }
      gc()
      return process.memoryUsage.rss()
    }
    const before = await see(0, 100)
    return { addedMb: ((await see(100, world.tokens.count)) - before) / MEGABYTE }
  },
}
