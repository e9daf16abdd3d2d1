'use strict'

const { join } = require('node:path')
const { start } = require('../support/children')
const { load } = require('../support/load')
const { readTokens } = require('../support/tokens')

const APP = join(__dirname, '../support/express-app.js')

module.exports = {
  name: 'express',
  title: 'Express over HTTP',
  note:
    'One guarded route in one process, 32 connections from another (autocannon). One token; then a cycle of distinct ' +
    'tokens, each seen for the first time, and the same cycle once more.',
  algorithms: ['ES384'],
  maxRounds: 3,
  cases: ({ algorithms, tokens }) => algorithms.map((alg) => ({ alg, tenants: 1, keys: 1, tokens: tokens[alg] })),
  tables: (algorithms) =>
    algorithms.map((alg) => ({
      heading: `${alg}, requests per second`,
      unit: '/s',
      columns: [
        { label: 'one token', alg, metric: 'oneToken' },
        { label: '10,000 tokens, cold', alg, metric: 'cold' },
        { label: '10,000 tokens, warm', alg, metric: 'warm' },
      ],
    })),

  /** This process sends the requests; the app runs in a child process. */
  async measure({ contender, world, worldFile, settings: { express } }) {
    const count = Math.min(express.cycle, world.tokens.count)
    const cycle = readTokens({ ...world.tokens, count })
    const { message: url, stop } = await start(APP, [contender.name, worldFile], { timeout: 120_000 })
    try {
      // The one token is the first of the cycle: another would be one more token to remember than the cycle has.
      const one = cycle.slice(0, 1)
      await load(url, one, { amount: express.warmUp })
      return {
        oneToken: await load(url, one, { duration: express.seconds }),
        cold: await load(url, cycle, { amount: count }),
        warm: await load(url, cycle, { amount: count }),
      }
    } finally {
      stop()
    }
  },
}
