'use strict'

const { openSync, readFileSync, readSync } = require('node:fs')

const CHUNK = 1_000

/** The first `count` tokens of a file, as an array. */
function readTokens({ file, length, count }) {
  const bytes = readFileSync(file)
  return Array.from({ length: count }, (_, index) => bytes.latin1Slice(index * length, (index + 1) * length))
}

/** A function from an index to its token, for files too big for memory. It is fast if the indices come in order. */
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

/** The token of a `Cookie` header that holds nothing else. */
function tokenIn(cookie) {
  return cookie.slice(cookie.indexOf('=') + 1)
}

module.exports = { readTokens, streamTokens, tokenIn }
