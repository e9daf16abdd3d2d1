'use strict'

// A process that is stopped and goes on later, as a Lambda's between two requests.

const assert = require('node:assert/strict')
const { fork } = require('node:child_process')
const { join } = require('node:path')
const { describe, test } = require('node:test')
const { setTimeout: sleep } = require('node:timers/promises')
const { startTenant } = require('./support/tenant')
const { until } = require('./support/until')

const ENGINES = { native: [], portable: ['--conditions=edge-light'] }

/** Longer than a flight may take, by more than what counts as slow. */
const FROZEN_MS = 6_500

/** More than a child takes to start and answer, on a machine that is busy. */
const ANSWER_LIMIT_MS = 30_000

async function startChild(t, execArgv, options) {
  const child = fork(join(__dirname, 'support/verify-child.js'), { execArgv, env: {} })
  t.after(() => child.kill('SIGKILL'))
  const outcomes = []
  child.on('message', ({ id, outcome }) => {
    outcomes[id] = outcome
  })
  let calls = 0
  const ask = (token) => {
    const id = calls
    calls += 1
    child.send({ id, token, options })
    return id
  }
  return {
    ask,
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    async verify(token) {
      const id = ask(token)
      await until(() => id in outcomes, ANSWER_LIMIT_MS)
      return outcomes[id]
    },
  }
}

describe('a process that is frozen with a refresh in flight', {
  skip: process.platform === 'win32',
  concurrency: true,
}, () => {
  for (const [engine, execArgv] of Object.entries(ENGINES)) {
    for (const [meanwhile, release] of [
      ['the answer is lost', () => {}],
      ['the answer arrives', (answer) => answer()],
    ]) {
      test(`lets good tokens in when it wakes, on the ${engine} engine, where ${meanwhile}`, async (t) => {
        const tenant = await startTenant()
        t.after(() => tenant.close())
        const options = { ...tenant.options, jwksCacheTtlMs: 1_000, jwksMaxStaleMs: 0 }
        const child = await startChild(t, execArgv, options)
        const token = await tenant.issue()
        assert.equal(await child.verify(token), 'user-1')

        const held = []
        tenant.answer = (_req, res) => held.push(() => res.end(JSON.stringify({ keys: [tenant.keys[0].jwk] })))
        await sleep(1_000)
        child.ask(token)
        await until(() => held.length > 0)
        child.freeze()
        await sleep(100)
        release(held[0])
        tenant.answer = undefined
        await sleep(FROZEN_MS)
        child.thaw()
        assert.equal(await child.verify(token), 'user-1')
      })
    }
  }
})
