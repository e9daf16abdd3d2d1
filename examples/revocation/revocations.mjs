import { createRevocationList } from 'logto-authkit'
import { redisLog } from 'logto-authkit/redis'
import { createClient } from 'redis'

const client = createClient({ url: process.env.REDIS_URL, disableOfflineQueue: true })
client.on('error', console.error)
await client.connect()

/** For the option `revocations` of every verifier. */
export const revocations = createRevocationList({ log: redisLog(client, { key: 'logto-authkit:revocations' }) })
