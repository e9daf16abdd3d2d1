import type { RevocationLog } from '.'

/** A client of `redis` (node-redis) or of `ioredis`. */
export interface RedisClient {
  duplicate(...options: never[]): unknown
}

/** The log of a fleet, and its end. */
export interface RedisRevocationLog extends RevocationLog {
  /** Ends the reading, for tests and for a process that shuts down. The client stays open. */
  close(): void
}

/**
 * A log of revocations in a stream of Redis 6.2 or later, or of Valkey, for `createRevocationList`. Appends over the client, reads over
 * a connection of its own, and goes on after a disconnection where it was. Entries are trimmed by age as new ones come.
 *
 * @param client a connected client of `redis` or `ioredis`
 * @param options `key`: the name of the stream, the same in all processes
 * @throws {AuthError} `options_invalid`
 * @example
 * const client = await createClient({ url: process.env.REDIS_URL }).connect()
 * const revocations = createRevocationList({ log: redisLog(client, { key: 'logto-authkit:revocations' }) })
 */
export function redisLog(client: RedisClient, options: { key: string }): RedisRevocationLog
