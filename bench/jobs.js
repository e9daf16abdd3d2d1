'use strict'

/** How long one measurement runs, in milliseconds. */
const DURATION_MS = 1_000

/** Each job measures one contender on a tenant's tokens, and gives calls per second. */
const JOBS = {
  /** Tokens verified one by one, each awaited, with the keys cached. */
  async 'one-by-one'(verify, tokens) {
    for (const token of tokens.slice(0, 100)) await verify(token)
    let count = 0
    const start = performance.now()
    while (performance.now() - start < DURATION_MS) {
      await verify(tokens[count % tokens.length])
      count += 1
    }
    return (count * 1000) / (performance.now() - start)
  },
}

module.exports = { JOBS }
