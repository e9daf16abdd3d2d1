import { createRevocationList } from 'logto-authkit'
import { redisLog } from 'logto-authkit/redis'
import { createClient } from 'redis'

const { REDIS_URL: url = '' } = process.env
const client = createClient({ url, disableOfflineQueue: true })
client.on('error', console.error)
await client.connect()

/** For the option `revocations` of every verifier. */
export const revocations = createRevocationList({ log: redisLog(client, { key: 'logto-authkit:revocations' }) })
