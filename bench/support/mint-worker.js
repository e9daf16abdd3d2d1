'use strict'

const { closeSync, openSync, writeSync } = require('node:fs')
const { constants } = require('node:fs')
const { workerData } = require('node:worker_threads')
const { mintOne } = require('./mint')

const BATCH = 250

/** Takes batches until all are taken or time is up. A batch that was taken is finished, so the file has no gap. */
function main({ file, signers, count, length, taken, deadline }) {
  const counter = new Int32Array(taken)
  const descriptor = openSync(file, constants.O_CREAT | constants.O_WRONLY)
  while (Date.now() < deadline) {
    const from = Atomics.add(counter, 0, BATCH)
    if (from >= count) break
    const size = Math.min(BATCH, count - from)
    const tokens = Array.from({ length: size }, (_, index) => mintOne(signers, from + index))
    if (tokens.some((token) => token.length !== length)) throw new Error('tokens differ in length')
    writeSync(descriptor, tokens.join(''), from * length)
  }
  closeSync(descriptor)
}

main(workerData)
