'use strict'

const { REMEMBERING } = require('../contenders')
const { streamTokens } = require('../support/tokens')

const MEGABYTE = 2 ** 20
/** Those before the measurement, so that it starts in a warm process. */
const FIRST = 100

module.exports = {
  name: 'remembered',
  title: 'Memory of remembered tokens',
  note:
    'By how much the resident memory of a process has grown, after a collection, once it has seen 10,000 distinct tokens of a ' +
    'tenant twice each, beyond what a hundred of them took. With a young generation of 1 MB: V8 lets it grow to 32 MB in any server ' +
    'under load, and that room is nobody’s.',
  algorithms: ['ES384'],
  execArgv: ['--expose-gc', '--max-semi-space-size=1'],
  cases: ({ algorithms, remembered }) =>
    algorithms.map((alg) => ({
      alg,
      tenants: 1,
      keys: 1,
      tokens: FIRST + remembered,
      contenders: REMEMBERING,
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
    const before = await see(0, FIRST)
    return { addedMb: ((await see(FIRST, world.tokens.count)) - before) / MEGABYTE }
  },
}
