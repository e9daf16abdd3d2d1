'use strict'

// A process behind the log of revocations: `revocation-process.js OPTIONS-JSON`. Asked to watch a token, it verifies it until it is
// refused, and tells when that was.

const { createRevocationList, verifyAuth } = require('../..')
const { redisLog } = require('../../js/revocation/redis')
const { createClient } = require('redis')

/** The time between two verifications, in milliseconds. */
const LOOK_MS = 1

async function main([{ url, key, options }]) {
  process.once('disconnect', () => process.exit())
  const client = createClient({ url })
  client.on('error', () => {})
  await client.connect()
  const revocations = createRevocationList({ log: redisLog(client, { key }) })
  const isRefused = (token) =>
    verifyAuth(token, { ...options, revocations }).then(
      () => false,
      ({ code }) => code === 'token_revoked',
    )
  process.on('message', async (token) => {
    while (!(await isRefused(token))) await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    // By the clock that all processes of a machine share.
    process.send(String(process.hrtime.bigint()))
  })
  while (revocations.status().isBehind) await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  process.send('ready')
}

main(process.argv.slice(2).map((text) => JSON.parse(text)))
