'use strict'

const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { join } = require('node:path')
const { describe, test } = require('node:test')
const { runNode } = require('./support/child')
const { startTenant } = require('./support/tenant')

const withTenant = async (t) => {
  const tenant = await startTenant()
  t.after(() => tenant.close())
  return { tenant, workerData: { token: await tenant.issue(), options: tenant.options } }
}

/** An answer of the tenant that sends the keys after a number of milliseconds. */
const answerAfter = (tenant, milliseconds) => (_req, res) => {
  setTimeout(() => res.end(JSON.stringify({ keys: [tenant.keys[0].jwk] })), milliseconds()).unref()
}

/** Runs a script of the support folder, which must end by itself and write no error. Resolves to its JSON output. */
const runScript = async (name, input) => {
  const { stdout, stderr } = await runNode([join(__dirname, 'support', name), JSON.stringify(input)])
  assert.equal(stderr, '')
  return JSON.parse(stdout)
}

describe('worker threads, a hundred of them and five at a time,', () => {
  for (const [moment, end, code] of [
    ['terminated after they have verified', 'user-1', 1],
    ['that end by themselves', undefined, 0],
  ]) {
    test(`${moment}, share one fetch`, async (t) => {
      const { tenant, workerData } = await withTenant(t)
      const churn = { workers: 100, atOnce: 5, end, workerData: { ...workerData, stay: end !== undefined } }
      const tally = await runScript('worker-churn.js', churn)
      assert.deepEqual(tally, { asked: 100, 'user-1': 100, [`exit ${code}`]: 100 })
      assert.equal(tenant.fetches, 1)
    })
  }

  test('may be terminated while they start', async (t) => {
    const { tenant, workerData } = await withTenant(t)
    const churn = { workers: 100, atOnce: 5, end: 'online', workerData: { ...workerData, stay: true } }
    const tally = await runScript('worker-churn.js', churn)
    assert.equal(tally['exit 1'], 100)
    assert.ok(tenant.fetches <= 1)
  })
})

describe('worker threads with many calls pending', () => {
  const rounds = { workers: 24, atOnce: 4, end: 'asked' }

  test('may be terminated before the keys arrive', async (t) => {
    const { tenant, workerData } = await withTenant(t)
    tenant.answer = () => {}
    const options = { ...tenant.options, jwksTimeoutMs: 60_000 }
    const tally = await runScript('worker-churn.js', { ...rounds, workerData: { ...workerData, options, calls: 500 } })
    assert.deepEqual(tally, { asked: 24, 'exit 1': 24 })
    assert.equal(tenant.fetches, 1)
  })

  test('may be terminated while their verdicts arrive', async (t) => {
    const { tenant, workerData } = await withTenant(t)
    // Long enough for a busy machine: a worker whose verdicts have all arrived ends by itself.
    tenant.answer = answerAfter(tenant, () => Math.random() * 500)
    const options = { ...tenant.options, skipJwksCache: true }
    const tally = await runScript('worker-churn.js', { ...rounds, workerData: { ...workerData, options, calls: 20 } })
    assert.equal(tally['exit 1'], 24)
    assert.equal(tally.asked, 24)
  })

  test('that are not terminated end only after their verdicts', async (t) => {
    const { tenant, workerData } = await withTenant(t)
    tenant.answer = answerAfter(tenant, () => 300)
    const tally = await runScript('worker-churn.js', {
      workers: 4,
      atOnce: 4,
      workerData: { ...workerData, calls: 500 },
    })
    assert.deepEqual(tally, { asked: 4, 'user-1': 4, 'exit 0': 4 })
    assert.equal(tenant.fetches, 1)
  })

  test('do not disturb the calls of the main thread when they are terminated', async (t) => {
    const { tenant, workerData } = await withTenant(t)
    tenant.answer = answerAfter(tenant, () => 300)
    const script = `
      const { Worker } = require('node:worker_threads')
      const { verifyAuth } = require('logto-authkit')
      const workerData = JSON.parse(process.argv[1])
      const { token, options } = workerData
      const mine = Promise.all(Array.from({ length: 500 }, () => verifyAuth(token, options)))
      const worker = new Worker('./__test__/support/verify-worker.js', { workerData: { ...workerData, calls: 500 } })
      worker.once('message', async () => {
        await worker.terminate()
        console.log((await mine).filter(({ userId }) => userId === 'user-1').length)
      })`
    const { stdout, stderr } = await runNode(['-e', script, JSON.stringify(workerData)])
    assert.deepEqual([stdout, stderr], ['500\n', ''])
    assert.equal(tenant.fetches, 1)
  })
})

describe('a cluster', () => {
  test('of two workers fetches once per worker', async (t) => {
    const { tenant, workerData } = await withTenant(t)
    const said = await runScript('cluster.js', { workers: 2, workerData: { ...workerData, calls: 200 } })
    assert.deepEqual(said, [
      ['asked', 'user-1', 0, null],
      ['asked', 'user-1', 0, null],
    ])
    assert.equal(tenant.fetches, 2)
  })
})

describe('a process with many calls pending', () => {
  const ask = (then) => `
    const { verifyAuth } = require('logto-authkit')
    const { token, options } = JSON.parse(process.argv[1])
    const calls = Array.from({ length: 1_000 }, () => verifyAuth(token, options))
    ${then}`

  /** Runs a script to its end, and calls `act` with its process when it writes to stdout. Resolves to how it ended. */
  const outcomeOf = async (script, workerData, act = () => {}) => {
    const child = spawn(process.execPath, ['-e', script, JSON.stringify(workerData)], {
      cwd: join(__dirname, '..'),
      timeout: 10_000,
      killSignal: 'SIGKILL',
    })
    const written = { stdout: '', stderr: '' }
    child.stderr.on('data', (chunk) => {
      written.stderr += chunk
    })
    child.stdout.on('data', (chunk) => {
      written.stdout += chunk
      act(child)
    })
    const [code, signal] = await once(child, 'close')
    assert.notEqual(signal, 'SIGKILL', 'it did not end by itself')
    return { code, signal, ...written }
  }

  for (const [moment, delay] of [
    ['before the keys arrive', () => 60_000],
    ['about when the keys arrive', () => 20 + Math.random() * 10],
  ]) {
    test(`ends cleanly with process.exit ${moment}`, async (t) => {
      const { tenant, workerData } = await withTenant(t)
      tenant.answer = answerAfter(tenant, delay)
      for (let round = 0; round < 8; round += 1) {
        const script = ask(`setTimeout(() => process.exit(7), ${22 + 2 * round})`)
        const outcome = await outcomeOf(script, workerData)
        assert.deepEqual(outcome, { code: 7, signal: null, stdout: '', stderr: '' }, `round ${round}`)
      }
    })
  }

  test('ends cleanly with process.exit in the same turn', async (t) => {
    const { workerData } = await withTenant(t)
    for (let round = 0; round < 5; round += 1) {
      const outcome = await outcomeOf(ask('process.exit(7)'), workerData)
      assert.deepEqual(outcome, { code: 7, signal: null, stdout: '', stderr: '' })
    }
  })

  test('ends with an uncaught error', async (t) => {
    const { tenant, workerData } = await withTenant(t)
    tenant.answer = () => {}
    const outcome = await outcomeOf(ask('setTimeout(() => { throw new Error("mine") }, 50)'), workerData)
    assert.deepEqual([outcome.code, outcome.signal], [1, null])
    assert.match(outcome.stderr, /Error: mine/)
  })

  for (const signal of ['SIGTERM', 'SIGINT']) {
    test(`ends by ${signal}`, async (t) => {
      const { tenant, workerData } = await withTenant(t)
      tenant.answer = () => {}
      const outcome = await outcomeOf(ask('setTimeout(() => console.log("asked"), 50)'), workerData, (child) => {
        child.kill(signal)
      })
      assert.deepEqual(outcome, { code: null, signal, stdout: 'asked\n', stderr: '' })
    })
  }

  test('is not kept alive by a refresh in the background', async (t) => {
    const { tenant, workerData } = await withTenant(t)
    const options = { ...tenant.options, jwksCacheTtlMs: 6_000, jwksTimeoutMs: 60_000 }
    // By 90 % of the set's life, the next request starts the refresh. The open standard input keeps the process until it has
    // reached the tenant.
    const script = `
      const { verifyAuth } = require('logto-authkit')
      const { token, options } = JSON.parse(process.argv[1])
      process.stdin.resume()
      verifyAuth(token, options).then(() => {
        console.log('verified')
        setTimeout(async () => {
          await verifyAuth(token, options)
          console.log('verified')
        }, 5_550)
      })`
    const outcome = await outcomeOf(script, { ...workerData, options }, (child) => {
      tenant.answer = () => child.stdin.end()
    })
    assert.deepEqual(outcome, { code: 0, signal: null, stdout: 'verified\nverified\n', stderr: '' })
    assert.equal(tenant.fetches, 2)
  })
})
