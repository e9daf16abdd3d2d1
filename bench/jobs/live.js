'use strict'

const { execFileSync } = require('node:child_process')
const { join } = require('node:path')
const autocannon = require('autocannon')
const { start } = require('../support/children')
const { readTokens } = require('../support/tokens')
const { quantile } = require('../support/turns')
const { FRAMEWORKS } = require('../support/live-frameworks')

const SERVER = join(__dirname, '../support/live-server.js')
const CONNECTIONS = 10
const NOBODY = 'no guard'
const GUARDS = [
  NOBODY,
  'logto-authkit',
  'logto-authkit, portable',
  'fast-jwt, cache',
  'jose',
  'express-oauth2-jwt-bearer',
]

/** Guards that verify each token anew. A few turns of theirs say enough, and each leaves work behind that disturbs the next. */
const SLOW = new Set(['jose', 'express-oauth2-jwt-bearer'])

module.exports = {
  name: 'live',
  title: 'A live server',
  note:
    'What a guard adds to the CPU time (user and system, all threads) that a server spends on a request, at a fixed rate from ' +
    'another process (autocannon, 10 connections), beyond what a handler costs that only reads the cookie header. Each server is a ' +
    'process of its own; the servers take turns, second by second, those without a cache every sixth time, and a number is the lower ' +
    'quartile of their turns: what disturbs a turn only makes it longer. The spread is the distance between the quartiles.',
  algorithms: ['ES384'],
  // The servers take their turns within one.
  maxRounds: 1,

  cases: ({ algorithms, live }) =>
    algorithms.flatMap((alg) =>
      live.nodes.flatMap((execPath) =>
        live.cycles.map((cycle) => ({
          alg,
          tenants: 1,
          keys: 1,
          tokens: Math.max(...live.cycles),
          node: versionOf(execPath),
          cycle,
          rate: live.rate,
          contenders: GUARDS,
        })),
      ),
    ),

  tables: (_algorithms, cases) =>
    cases.map(({ alg, id, node, cycle, rate }) => ({
      heading: `${alg}, Node.js ${node}, ${rate.toLocaleString('en')} requests per second, ${cycle === 1 ? 'one token' : `${cycle.toLocaleString('en')} tokens in turn`}`,
      unit: ' µs',
      isLessBetter: true,
      columns: Object.keys(FRAMEWORKS).flatMap((framework) => [
        { label: framework, alg, case: id, metric: framework },
        { label: 'spread', alg, case: id, metric: `${framework}, spread`, isAside: true },
      ]),
    })),

  /** All contenders, so that they can take turns: for each, in their order, its metrics. */
  async measureTogether({ contenders, spec, world, worldFile, settings: { live } }) {
    const tokens = readTokens({ ...world.tokens, count: spec.cycle })
    const execPath = live.nodes.find((path) => versionOf(path) === spec.node)
    const metrics = contenders.map(() => ({}))
    for (const framework of Object.keys(FRAMEWORKS)) {
      const able = contenders.map(({ name, frameworks }, index) => ({ name, frameworks, index }))
      const taking = able.filter(({ frameworks }) => frameworks === undefined || frameworks.includes(framework))
      const costs = await costsOf(
        framework,
        taking.map(({ name }) => name),
        { spec, execPath, worldFile, tokens, live },
      )
      const bare = quantile(costs[0], 0.25)
      for (const [place, { index, name }] of taking.entries()) {
        const low = quantile(costs[place], 0.25)
        metrics[index][framework] = [name === NOBODY ? low : low - bare]
        metrics[index][`${framework}, spread`] = [quantile(costs[place], 0.75) - low]
      }
    }
    return metrics
  },
}

/** The CPU time of a request in µs, of each guard in each of its turns. */
async function costsOf(framework, guards, { spec, execPath, worldFile, tokens, live }) {
  const servers = []
  try {
    for (const guard of guards) servers.push(await serverOf(framework, guard, worldFile, execPath))
    for (const server of servers) await load(server, tokens, spec.rate, live.warmUpSeconds)
    for (let turn = 0; turn < live.turns; turn += 1) {
      for (const server of servers) {
        if (turn % server.every === 0) server.costs.push(await turnOf(server, tokens, spec.rate, live.seconds))
      }
    }
    return servers.map(({ costs }) => costs)
  } finally {
    for (const { stop } of servers) stop()
  }
}

async function serverOf(framework, guard, worldFile, execPath) {
  const { message: port, child, stop } = await start(SERVER, [framework, guard, worldFile], { execPath })
  const every = SLOW.has(guard) ? 6 : 1
  return { url: `http://127.0.0.1:${port}/`, child, stop, every, costs: [], next: 0 }
}

async function turnOf(server, tokens, rate, seconds) {
  const before = await spentBy(server)
  await load(server, tokens, rate, seconds)
  const after = await spentBy(server)
  return (after.cpuMicroseconds - before.cpuMicroseconds) / (after.requests - before.requests)
}

function spentBy({ child }) {
  return new Promise((resolve) => {
    child.once('message', resolve)
    child.send('spent')
  })
}

/** Requests at a fixed rate, with the tokens in turn; the turn goes on where the last one ended. */
async function load(server, tokens, rate, duration) {
  const setupRequest = (request) => {
    const token = tokens[server.next % tokens.length]
    server.next += 1
    return { ...request, headers: { cookie: `logto_authtoken=${token}` } }
  }
  const requests = tokens.length > 1 ? [{ setupRequest }] : [{ headers: { cookie: `logto_authtoken=${tokens[0]}` } }]
  const { url } = server
  const { errors, non2xx } = await autocannon({ url, connections: CONNECTIONS, overallRate: rate, duration, requests })
  if (errors + non2xx > 0) throw new Error(`${errors} requests failed, ${non2xx} were refused`)
}

function versionOf(execPath) {
  return String(execFileSync(execPath, ['--version']))
    .trim()
    .slice(1)
}
