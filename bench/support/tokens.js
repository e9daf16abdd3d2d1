'use strict'

const { openSync, readFileSync, readSync } = require('node:fs')

const CHUNK = 1_000

/** All tokens of a file, at once. */
function readTokens({ file, length, count }) {
  const bytes = readFileSync(file)
  return Array.from({ length: count }, (_, index) => bytes.latin1Slice(index * length, (index + 1) * length))
}

/** A function from an index to its token, for files too big to hold: made to be asked in order. */
function streamTokens({ file, length }) {
  const descriptor = openSync(file)
  const chunk = Buffer.alloc(CHUNK * length)
  let start = Number.NEGATIVE_INFINITY
  return (index) => {
    if (index < start || index >= start + CHUNK) {
      start = index - (index % CHUNK)
      readSync(descriptor, chunk, 0, chunk.length, start * length)
    }
    const from = (index - start) * length
    return chunk.latin1Slice(from, from + length)
  }
}

module.exports = { readTokens, streamTokens }
