'use strict'

const { once } = require('node:events')
const { availableParallelism } = require('node:os')
const { join } = require('node:path')
const { Worker } = require('node:worker_threads')
const { signToken } = require('./keys')

/**
 * Signs distinct tokens on all cores, and writes them to a file in which all tokens have the same length.
 *
 * @returns the description of the file that tokens.js reads; `count` is smaller than asked for if time ran out
 */
async function mint({ file, signers, count, milliseconds }) {
  const { length } = mintOne(signers, 0)
  const taken = new SharedArrayBuffer(4)
  const order = { file, signers, count, length, taken, deadline: Date.now() + milliseconds }
  const workers = Array.from(
    { length: availableParallelism() },
    () => new Worker(join(__dirname, 'mint-worker.js'), { workerData: order }),
  )
  await Promise.all(workers.map((worker) => once(worker, 'exit')))
  return { file, length, count: Math.min(count, Atomics.load(new Int32Array(taken), 0)) }
}

/** The token with this index. The signers take turns, so that neighbouring tokens have different tenants and keys. */
function mintOne(signers, index) {
  const signer = signers[index % signers.length]
  return signToken(signer, { ...signer.claims, jti: String(index).padStart(9, '0') })
}

module.exports = { mint, mintOne }
