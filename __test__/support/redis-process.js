'use strict'

// A process behind one stream of revocations: `node redis-process.js OPTIONS-JSON`. It answers messages of its parent.

const { createRevocationList, verifyAuth } = require('logto-authkit')
const { redisLog } = require('logto-authkit/redis')
const { createClient } = require('redis')

const { url, key, options, aheadMs = 0, list = {} } = JSON.parse(process.argv[2])

// A process whose clock is ahead, or behind.
const { now } = Date
Date.now = () => now() + aheadMs

const CALLS = {
  verify: (revocations, token) =>
    verifyAuth(token, { ...options, revocations }).then(
      () => 'ok',
      ({ code }) => code,
    ),
  revokeUser: (revocations, sub) =>
    revocations.revokeUser(sub).then(
      () => 'done',
      (error) => error.message,
    ),
  status: (revocations) => revocations.status(),
  memory: () => process.memoryUsage.rss(),
}

async function main() {
  const client = createClient({ url, disableOfflineQueue: true })
  client.on('error', () => {})
  await client.connect()
  const revocations = createRevocationList({ ...list, log: redisLog(client, { key }) })
  process.on('message', async ({ id, call, argument }) => {
    process.send({ id, answer: await CALLS[call](revocations, argument) })
  })
  process.send('ready')
}

main()
