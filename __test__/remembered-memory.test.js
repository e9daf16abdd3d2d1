'use strict'

// The memory of a process that remembers tokens which were made to cost as much of it as they can.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { runNode } = require('./support/child')

const TOKENS = 3_000
const MIB = 1024 * 1024

/** Each audience is four characters in the token, and a string of its own once it is read. */
const SCRIPT = `
  const { createVerifier } = require('logto-authkit')
  const { createTestIssuer } = require('logto-authkit/testing')
  const main = async () => {
    const issuer = await createTestIssuer({ alg: 'ES256' })
    const verifier = createVerifier(issuer.options)
    await verifier.prefetch()
    const audiences = (count) => [issuer.audience, ...Array(count).fill('a')]
    const verifyAll = (count, name) => {
      for (let n = 0; n < ${TOKENS}; n += 1) {
        const token = issuer.issueToken({ audience: audiences(count), jti: name + n })
        verifier.verifySync(token)
        verifier.verifySync(token)
      }
      gc()
      return process.memoryUsage().rss
    }
    const before = verifyAll(0, 'short')
    const after = verifyAll(600, 'hostile')
    console.log(after - before)
    await issuer.close()
  }
  main()`

test('thousands of remembered tokens of nearly 4 KiB, all audiences, take about as much as they may', async (t) => {
  const { stdout } = await runNode(['--expose-gc', '-e', SCRIPT], { timeout: 120_000 })
  const grown = Number(stdout) / MIB
  t.diagnostic(`${grown.toFixed(1)} MiB`)
  assert.ok(grown < 48, `${grown.toFixed(1)} MiB`)
})
