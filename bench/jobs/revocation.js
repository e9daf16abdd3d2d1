'use strict'

const { fork } = require('node:child_process')
const { once } = require('node:events')
const { join } = require('node:path')
const v8 = require('node:v8')
const { runInNewContext } = require('node:vm')
const { findRedis, startRedis } = require('../../tools/redis-server')
const { readTokens } = require('../support/tokens')
const { quantile, stepFor, takeTurns } = require('../support/turns')

const PROCESS = join(__dirname, '../support/revocation-process.js')
const KEY = 'revocations'

const MANY = 1_000_000
const REPLAYED = 100_000
const LOOK_UPS = 100_000
const REVOCATIONS = 200

const MEGABYTE = 2 ** 20

const column = (label, metric) => (alg) => ({ label, alg, metric })
const CALL = [
  column('no list', 'noList'),
  column('an empty list', 'empty'),
  column('a million entries', 'many'),
  column('asking Redis each time', 'asking'),
]
const LOOK_UP = [column('time (ns)', 'lookUpNs'), column('allocated (bytes)', 'lookUpBytes')]
const SIZE = [column('a million entries (MB)', 'megabytes'), column('replay of 100,000 (ms)', 'replayMs')]
const REACH = [column('median', 'reachMedian'), column('99 of 100', 'reach99'), column('longest', 'reachLongest')]

module.exports = {
  name: 'revocation',
  title: 'A list of revocations',
  note:
    'What `revocations` costs a call with a token seen before, beside a `check` that asks Redis on loopback; then what the list ' +
    'itself costs; then the time from a revocation that has resolved in one process to the refusal in both of two others.',
  algorithms: ['ES384'],
  cases: ({ algorithms }) =>
    algorithms.map((alg) => ({ alg, tenants: 1, keys: 1, tokens: 1 + REVOCATIONS, contenders: ['logto-authkit'] })),
  tables: (algorithms) =>
    algorithms.flatMap((alg) => {
      const table = (heading, unit, columns) => ({
        heading: `${alg}, ${heading}`,
        unit,
        isLessBetter: true,
        columns: columns.map((of) => of(alg)),
      })
      return [
        table('time of a call', ' µs', CALL),
        table('a look-up by itself', '', LOOK_UP),
        table('size', '', SIZE),
        table('reach', ' ms', REACH),
      ]
    }),

  async measure({ contender, world, settings }) {
    const tokens = readTokens(world.tokens)
    const [tenant] = world.tenants
    const { list, megabytes } = listOfMany()
    const found = { megabytes, ...(await lookUpAlone(list)) }
    if (findRedis() === undefined) {
      return {
        ...found,
        ...(await calls(contender, tenant, tokens[0], { noList: {}, many: { revocations: list } }, settings)),
      }
    }
    const redis = await startRedis()
    try {
      const client = await clientOf(redis)
      const asked = {
        noList: {},
        empty: { revocations: require('../..').createRevocationList() },
        many: { revocations: list },
        asking: { check: async ({ userId }) => (await client.get(`revoked:${userId}`)) === null },
      }
      Object.assign(found, await calls(contender, tenant, tokens[0], asked, settings))
      Object.assign(found, await replay(client), await reach(redis, client, tenant, tokens.slice(1)))
    } finally {
      await redis.close()
    }
    return found
  },
}

/** A list with a million users, and the memory that they take. */
function listOfMany() {
  const { createRevocationList } = require('../..')
  const before = memory()
  const list = createRevocationList({
    log: {
      append: async () => Date.now(),
      follow({ onEntry, onCaughtUp }) {
        const now = Date.now()
        for (let i = 0; i < MANY; i += 1) onEntry({ type: 'user', ids: [`user-${100_000_000 + i}`] }, now)
        onCaughtUp()
      },
    },
  })
  return { list, megabytes: (memory() - before) / MEGABYTE }
}

function memory() {
  v8.setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** A look-up of somebody who is not listed, as almost everybody is not. */
async function lookUpAlone(list) {
  const payload = { sub: 'somebody', iat: Math.floor(Date.now() / 1_000), jti: 'one', client_id: 'app' }
  let refused = 0
  const lookUps = () => {
    for (let i = 0; i < LOOK_UPS; i += 1) if (list.refusalOf(payload) !== undefined) refused += 1
  }
  for (let i = 0; i < 20; i += 1) lookUps()
  const times = []
  const bytes = []
  for (let i = 0; i < 20; i += 1) {
    const before = process.memoryUsage().heapUsed
    const start = performance.now()
    lookUps()
    times.push(((performance.now() - start) / LOOK_UPS) * 1e6)
    bytes.push((process.memoryUsage().heapUsed - before) / LOOK_UPS)
  }
  if (refused > 0) throw new Error('refused somebody who is not listed')
  return { lookUpNs: quantile(times, 0.25), lookUpBytes: Math.max(0, quantile(bytes, 0.5)) }
}

function calls(contender, tenant, token, asked, settings) {
  const steps = Object.entries(asked).map(([name, options]) => [
    name,
    stepFor(token, contender.verifier(tenant, options)),
  ])
  return takeTurns(Object.fromEntries(steps), settings)
}

/** How long a process that starts takes to know what the log has. */
async function replay(client) {
  for (let first = 0; first < REPLAYED; first += 1_000) {
    const adding = Array.from({ length: 1_000 }, (_, i) =>
      client.sendCommand(['XADD', KEY, '*', 'entry', `{"type":"user","ids":["other-${first + i}"]}`]),
    )
    await Promise.all(adding)
  }
  const start = performance.now()
  const { log, revocations } = listOn(client)
  while (revocations.status().isBehind) await new Promise((resolve) => setTimeout(resolve, 1))
  const replayMs = performance.now() - start
  log.close()
  return { replayMs }
}

/** From a revocation that has resolved here to the refusal in two other processes, in milliseconds. */
async function reach(redis, client, { logtoUrl, audience }, tokens) {
  const argument = JSON.stringify({ url: redis.url, key: KEY, options: { logtoUrl, audience } })
  const others = [fork(PROCESS, [argument]), fork(PROCESS, [argument])]
  await Promise.all(others.map((other) => once(other, 'message')))
  const { log, revocations } = listOn(client)
  const started = process.hrtime.bigint()
  const times = []
  for (const token of tokens) {
    const { jti, exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
    const refusals = others.map(async (other) => Number(BigInt((await once(other, 'message'))[0]) - started) / 1e6)
    for (const other of others) other.send(token)
    await new Promise((resolve) => setTimeout(resolve, 10))
    await revocations.revokeToken(jti, { exp })
    const resolved = Number(process.hrtime.bigint() - started) / 1e6
    times.push(Math.max(0, Math.max(...(await Promise.all(refusals))) - resolved))
  }
  log.close()
  for (const other of others) other.kill()
  return { reachMedian: quantile(times, 0.5), reach99: quantile(times, 0.99), reachLongest: Math.max(...times) }
}

function listOn(client) {
  const { createRevocationList } = require('../..')
  const log = require('../../js/revocation/redis').redisLog(client, { key: KEY })
  return { log, revocations: createRevocationList({ log }) }
}

async function clientOf(redis) {
  const client = require('redis').createClient({ url: redis.url })
  // The server ends first.
  client.on('error', () => {})
  await client.connect()
  return client
}
