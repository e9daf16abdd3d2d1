'use strict'

const { createHash } = require('node:crypto')
const { deflateSync } = require('node:zlib')
const { REMEMBERING } = require('../contenders')
const { readTokens } = require('../support/tokens')
const { quantile } = require('../support/turns')

/** More than the caches of a core hold, in numbers of 8 bytes. */
const OTHER_DATA = new Float64Array(2 ** 19)
const WARM_UP = 20_000
const CALLS = 3_000

module.exports = {
  name: 'cold-caches',
  title: 'A token seen before, with cold caches',
  note:
    'What one call costs that comes after other code has run and 4 MB of other memory were read, as between the requests of a ' +
    'server, beyond an async function that does nothing: the lower quartile of 3,000 calls. A loop, whose caches are warm, says less.',
  algorithms: ['ES384'],
  cases: ({ algorithms }) =>
    algorithms.map((alg) => ({ alg, tenants: 1, keys: 1, tokens: 1, contenders: REMEMBERING })),
  tables: (algorithms) => [
    {
      unit: ' µs',
      isLessBetter: true,
      columns: algorithms.map((alg) => ({ label: alg, alg, metric: 'microseconds' })),
    },
  ],

  async measure({ contender, world }) {
    const [token] = readTokens({ ...world.tokens, count: 1 })
    const bytes = Buffer.from(token)
    const verify = await contender.verifier(world.tenants[0])
    const nothing = async (token) => token.length
    for (let call = 0; call < WARM_UP; call += 1) {
      await verify(bytes.latin1Slice())
      await nothing(bytes.latin1Slice())
    }
    const [bare, times] = [[], []]
    for (let call = 0; call < CALLS; call += 1) {
      bare.push(await timeOf(nothing, bytes))
      times.push(await timeOf(verify, bytes))
    }
    return { microseconds: quantile(times, 0.25) - quantile(bare, 0.25) }
  },
}

/** The time of one call in µs, with cold caches. */
async function timeOf(call, bytes) {
  const token = bytes.latin1Slice()
  await runOtherCode()
  const start = process.hrtime.bigint()
  await call(token)
  return Number(process.hrtime.bigint() - start) / 1_000
}

async function runOtherCode() {
  createHash('sha256').update('other').digest('hex')
  deflateSync('other')
  new URL('https://other.example/path?query=1#hash')
  JSON.parse(JSON.stringify({ other: [1, 2, 3], code: 'runs' })).code.replace(/r(u)n/, '$1')
  await new Promise((resolve) => setImmediate(resolve))
  for (let index = 0; index < OTHER_DATA.length; index += 8) OTHER_DATA[index] += 1
}
