'use strict'

const { fork } = require('node:child_process')
const { once } = require('node:events')
const { join } = require('node:path')
const { startWorker } = require('./workerd')

/** A Node.js process in which this package resolves as in an Edge runtime. Its environment has no proxy. */
function startEdgeProcess() {
  const child = fork(join(__dirname, 'edge-child.js'), { execArgv: ['--conditions=edge-light'], env: {} })
  const pending = new Map()
  child.on('message', ({ id, outcome }) => {
    pending.get(id).resolve(outcome)
    pending.delete(id)
  })
  child.on('exit', (code, signal) => {
    for (const { reject } of pending.values()) reject(new Error(`the Edge process ended with ${code ?? signal}`))
  })
  let calls = 0
  return {
    /** The outcome of a call of the public API in that process: see outcome.js. */
    outcomeOf(name, ...args) {
      calls += 1
      const id = calls
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject })
        child.send({ id, name, args })
      })
    },
    async close() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

/** Like `startEdgeProcess`, but in workerd, which runs the bundle of edge-worker.mjs. */
async function startEdgeWorker(script) {
  const worker = await startWorker(script)
  return {
    async outcomeOf(name, ...args) {
      const response = await worker.fetch('/', { method: 'POST', body: JSON.stringify({ name, args }) })
      return response.json()
    },
    close: worker.close,
  }
}

module.exports = { startEdgeProcess, startEdgeWorker }
