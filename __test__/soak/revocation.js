'use strict'

// Revocations every second for some seconds (default 600), in three processes behind one Redis that is killed every minute:
// `node __test__/soak/revocation.js [seconds]`.

const { fork } = require('node:child_process')
const { once } = require('node:events')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { createTestIssuer } = require('logto-authkit/testing')
const { startRedis } = require('../../tools/redis-server')
const { callsTo } = require('../support/calls')

const PROCESS = join(__dirname, '../support/redis-process.js')
const DURATION = Number(process.argv[2] ?? 600)
const KILL_EVERY_MS = 60_000
const DOWN_MS = 3_000

/** How long after the log has got a revocation, or has come back, a token may still be accepted, in milliseconds. */
const GRACE_MS = 1_000

/** The fraction by which resident memory may grow after the first minute. */
const MAX_GROWTH = 0.05

async function main() {
  const issuer = await createTestIssuer()
  const redis = await startRedis()
  const processes = await Promise.all([0, 1, 2].map(() => startProcess(redis, issuer)))
  const run = {
    issuer,
    redis,
    processes,
    /** The tokens that are revoked for certain, with the time at which that was known. */
    revoked: [],
    good: Array.from({ length: 50 }, (_, i) => issuer.issueToken({ sub: `good-${i}` })),
    isUp: true,
    upSince: performance.now(),
    counts: { accepted: 0, refused: 0, revoked: 0, 'not revoked': 0, kills: 0 },
    wrong: [],
    samples: [],
    until: performance.now() + DURATION * 1_000,
  }
  const load = processes.flatMap((one) => [verifyGood(run, one), verifyRevoked(run, one)])
  await Promise.all([revoke(run), kill(run), sample(run), ...load])
  for (const { child } of processes) child.kill()
  await redis.close()
  await issuer.close()
  process.exitCode = report(run) ? 0 : 1
}

async function startProcess(redis, issuer) {
  const child = fork(PROCESS, [JSON.stringify({ url: redis.url, key: 'revocations', options: issuer.options })])
  await once(child, 'message')
  return { child, ask: callsTo(child) }
}

/** Revokes a new user each second, in one of the processes. */
async function revoke(run) {
  for (let i = 0; performance.now() < run.until; i += 1) {
    const token = run.issuer.issueToken({ sub: `user-${i}` })
    const { ask } = run.processes[i % run.processes.length]
    const outcome = await ask('revokeUser', `user-${i}`)
    run.counts[outcome === 'done' ? 'revoked' : 'not revoked'] += 1
    if (outcome === 'done') run.revoked.push({ token, at: performance.now() })
    await sleep(1_000)
  }
}

async function kill(run) {
  for (;;) {
    await sleep(Math.min(KILL_EVERY_MS, Math.max(0, run.until - performance.now())))
    if (performance.now() > run.until - 2 * DOWN_MS) return
    run.isUp = false
    run.counts.kills += 1
    await run.redis.kill()
    await sleep(DOWN_MS)
    await run.redis.start()
    run.upSince = performance.now()
    run.isUp = true
  }
}

async function verifyGood(run, { ask }) {
  for (let i = 0; performance.now() < run.until; i += 1) {
    const outcome = await ask('verify', run.good[i % run.good.length])
    if (outcome === 'ok') run.counts.accepted += 1
    else run.wrong.push({ what: 'a good token', outcome })
    await sleep(1)
  }
}

/** The latest most of all: what has long been known tells nothing new. */
async function verifyRevoked(run, { ask }) {
  for (let i = 0; performance.now() < run.until; i += 1) {
    const index = i % 2 === 0 ? run.revoked.length - 1 - (i % 5) : Math.floor(Math.random() * run.revoked.length)
    const { token, at } = run.revoked[Math.max(0, index)] ?? {}
    await sleep(2)
    if (token === undefined) continue
    const mayBeAccepted = !run.isUp || performance.now() - Math.max(at, run.upSince) < GRACE_MS
    const outcome = await ask('verify', token)
    if (outcome === 'token_revoked') run.counts.refused += 1
    else if (!mayBeAccepted) {
      const now = performance.now()
      run.wrong.push({
        what: 'a revoked token',
        outcome,
        afterMs: now - at,
        upForMs: now - run.upSince,
        isUp: run.isUp,
      })
    }
  }
}

async function sample(run) {
  const start = performance.now()
  while (performance.now() < run.until) {
    const memory = await Promise.all(run.processes.map(({ ask }) => ask('memory')))
    run.samples.push({ second: (performance.now() - start) / 1_000, memory: Math.max(...memory) })
    await sleep(1_000)
  }
}

function report({ counts, wrong, samples }) {
  for (const [name, count] of Object.entries(counts)) console.log(`${String(count).padStart(9)}  ${name}`)
  console.log(`${String(wrong.length).padStart(9)}  wrong`)
  for (const one of wrong.slice(0, 10)) console.log(one)
  const end = samples.at(-1).second
  const [before, after] = [medianOf(samples, Math.min(60, end / 3), 30), medianOf(samples, end - 30, 30)]
  const growth = after / before - 1
  const megabytes = (bytes) => `${(bytes / 1_048_576).toFixed(1)} MB`
  console.log(`memory of the largest: ${megabytes(before)} to ${megabytes(after)}, ${(growth * 100).toFixed(1)} %`)
  return wrong.length === 0 && growth < MAX_GROWTH
}

/** The median of the memory from a second on, for some seconds. */
function medianOf(samples, from, seconds) {
  const chosen = samples.filter(({ second }) => second >= from && second <= from + seconds).map(({ memory }) => memory)
  return chosen.sort((a, b) => a - b)[Math.floor(chosen.length / 2)]
}

main()
