'use strict'

const { parseArgs } = require('node:util')
const { join } = require('node:path')
const { JOBS } = require('./jobs')
const { ALGORITHMS } = require('./support/keys')

/** The tokens suffice for the fastest contender; fewer for RSA and P-384, whose signatures take long to make. */
const FULL = {
  rounds: 5,
  warmUpMs: 150,
  measureMs: 500,
  tokens: { ES384: 12_000, ES256: 40_000, RS256: 20_000, EdDSA: 40_000 },
  algorithms: ALGORITHMS,
  live: { rate: 5_000, warmUpSeconds: 3, seconds: 1, turns: 12, cycles: [1, 1_000] },
  remembered: 10_000,
  express: { warmUp: 2_000, seconds: 2, cycle: 10_000 },
  growth: {
    tokens: [1, 100, 10_000],
    most: 1_000_000,
    mintMs: 60_000,
    sizes: [1, 10, 100],
    sweepTokens: 5_000,
    passMs: 20_000,
  },
}

/** Enough work to see that everything runs. The results mean nothing. */
const QUICK = {
  rounds: 1,
  warmUpMs: 20,
  measureMs: 60,
  tokens: { ES384: 400, ES256: 1_000, RS256: 400, EdDSA: 1_000 },
  algorithms: ['ES384', 'EdDSA'],
  live: { rate: 1_000, warmUpSeconds: 1, seconds: 1, turns: 1, cycles: [1, 10] },
  remembered: 100,
  express: { warmUp: 100, seconds: 1, cycle: 200 },
  growth: { tokens: [1, 100], most: 10_000, mintMs: 2_000, sizes: [1, 10], sweepTokens: 1_000, passMs: 500 },
}

const HERE = __dirname
const SCRAP = join(HERE, '../target/bench')

/** The settings that a command line asks for. `--job` and `--alg` may be given several times; so may
 * `--node`, the Node.js binaries of the servers in `live`. */
function readSettings(args) {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      job: { type: 'string', multiple: true },
      alg: { type: 'string', multiple: true },
      node: { type: 'string', multiple: true, default: [process.execPath] },
    },
  })
  const defaults = values.quick ? QUICK : FULL
  const rounds = values.rounds === undefined ? defaults.rounds : Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: not a number of rounds`)
  const jobs = known('--job', values.job, JOBS, ({ name }) => name)
  const algorithmsOf = (job) => values.alg ?? job.algorithms ?? defaults.algorithms
  known('--alg', values.alg, ALGORITHMS, (alg) => alg)
  const live = { ...defaults.live, nodes: values.node }
  // Results of a quick run go to another folder, so that they do not replace real results.
  return { ...defaults, live, rounds, jobs, algorithmsOf, folder: values.quick ? SCRAP : HERE, isQuick: values.quick }
}

function known(option, wanted, all, nameOf) {
  const unknown = wanted?.find((name) => !all.some((one) => nameOf(one) === name))
  if (unknown !== undefined) throw new Error(`${option} ${unknown}: there are ${all.map(nameOf).join(', ')}`)
  return wanted === undefined ? all : all.filter((one) => wanted.includes(nameOf(one)))
}

module.exports = { readSettings }
