'use strict'

const { pace } = require('../support/pace')
const { streamTokens } = require('../support/tokens')

const CONTENDERS = ['logto-authkit', 'jose']

const MEGABYTE = 2 ** 20
/** With fewer tokens, the first pass ends before the code is warm. */
const ENOUGH_FOR_A_RATE = 1_000

module.exports = {
  name: 'growth',
  title: 'Cost as work grows',
  note:
    'Tokens are verified in turn, one by one: a first pass over all of them, then again from the start. With more ' +
    'tokens than are remembered, each comes back only after it has been forgotten.',
  algorithms: ['EdDSA'],
  maxRounds: 3,
  cases: ({ algorithms, growth }) => algorithms.flatMap((alg) => casesOf(alg, growth)),
  tables: (algorithms, cases) => algorithms.flatMap((alg) => tablesOf(cases.filter((spec) => spec.alg === alg))),

  async measure({ contender, world, settings: { measureMs, growth } }) {
    const verifiers = await Promise.all(world.tenants.map((tenant) => contender.verifier(tenant)))
    const { count } = world.tokens
    const tokenAt = streamTokens(world.tokens)
    const step = (index) => verifiers[index % verifiers.length](tokenAt(index % count))
    const warm = await pace(step, { milliseconds: measureMs, to: count / 10 })
    const first = await pace(step, { milliseconds: growth.passMs, from: warm.end, to: count })
    const again = await pace((index) => step(index % first.end), { milliseconds: measureMs, from: first.end })
    return {
      ...(count >= ENOUGH_FOR_A_RATE && { first: first.rate }),
      again: again.rate,
      seen: first.end,
      residentMb: process.memoryUsage.rss() / MEGABYTE,
    }
  },
}

function casesOf(alg, { tokens, most, sizes, sweepTokens, mintMs }) {
  const byTokens = { axis: 'tokens', contenders: [...CONTENDERS, 'fast-jwt, cache'], alg, tenants: 1, keys: 1 }
  const bySize = { contenders: CONTENDERS, alg, tenants: 1, keys: 1, tokens: sweepTokens }
  return [
    ...tokens.map((count) => ({ ...byTokens, tokens: count })),
    { ...byTokens, tokens: most, mintMs, rounds: 1 },
    ...sizes.map((count) => ({ ...bySize, axis: 'tenants', tenants: count })),
    ...sizes.map((count) => ({ ...bySize, axis: 'keys', keys: count })),
  ]
}

function tablesOf(cases) {
  const table = (axis, metric, words, rest) => ({
    heading: `${words}, by ${axis}, ${cases[0].alg}`,
    columns: cases
      .filter((spec) => spec.axis === axis)
      .map((spec) => ({ label: spec[axis].toLocaleString('en'), alg: spec.alg, case: spec.id, metric })),
    ...rest,
  })
  return [
    table('tokens', 'first', 'First pass', { unit: '/s' }),
    table('tokens', 'again', 'Again', { unit: '/s' }),
    table('tokens', 'residentMb', 'Resident memory at the end', { unit: ' MB', isLessBetter: true }),
    table('tokens', 'seen', 'Distinct tokens seen within the time', { unit: '', isPlain: true }),
    ...['tenants', 'keys'].flatMap((axis) => [
      table(axis, 'first', 'First pass', { unit: '/s' }),
      table(axis, 'again', 'Again', { unit: '/s' }),
    ]),
  ]
}
