import { setTimeout as sleep } from 'node:timers/promises'

const CREATE = `
  create table if not exists revocations (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    entry jsonb not null
  )`
/** Of two that append at once, the one with the higher id could be seen first, and the other be missed. */
const LOCK = 'lock table revocations in exclusive mode'
const APPEND = 'insert into revocations (entry) values ($1) returning extract(epoch from at) * 1000 as time'
/** By the server's clock: that of one process may be far ahead, and would take from the others what they need. */
const TRIM = "delete from revocations where at < clock_timestamp() - $1 * interval '1 millisecond'"
const READ = `
  select id, extract(epoch from at) * 1000 as time, entry from revocations
  where id > $1 and at >= to_timestamp($2 / 1000.0) order by id limit $3`

const BATCH = 1_000
/** The time between two looks, in milliseconds. The list takes three seconds without one for an outage. */
const LOOK_MS = 100

const ignore = () => {}

/**
 * The log of a fleet in a table of Postgres: `createRevocationList({ log: await postgresLog(pool) })`.
 *
 * @param {import('pg').Pool} pool with a `query_timeout` of a second or two, so that an outage is noticed, and a listener for `error`
 * @returns {Promise<import('logto-authkit').RevocationLog>}
 */
export async function postgresLog(pool) {
  await pool.query(CREATE)
  /**
   * How long rows are kept, in milliseconds. Nothing is older than null, which stands until a list follows.
   * @type {number | null}
   */
  let keptMs = null
  return {
    async append(entry) {
      const client = await pool.connect()
      // A lost connection is an event, too, and ends the process where nobody listens. The query rejects with it.
      client.on('error', ignore)
      try {
        await client.query('begin')
        await client.query(LOCK)
        await client.query(TRIM, [keptMs])
        const { rows } = await client.query(APPEND, [JSON.stringify(entry)])
        await client.query('commit')
        client.off('error', ignore)
        client.release()
        return Number(rows[0].time)
      } catch (error) {
        // Not to be used again: the transaction ends with the connection.
        client.release(true)
        throw error
      }
    },

    async follow(listener) {
      const { since } = listener
      keptMs = Date.now() - since
      let last = 0
      for (;;) {
        try {
          const { rows } = await pool.query(READ, [last, since, BATCH])
          for (const { id, time, entry } of rows) {
            last = id
            listener.onEntry(entry, Number(time))
          }
          // There is more, which is not to be waited for.
          if (rows.length === BATCH) continue
          listener.onCaughtUp()
        } catch (error) {
          listener.onError(error)
          // A server that has taken over may lack the last rows, and give their ids again. What comes twice does no harm.
          last = 0
        }
        await sleep(LOOK_MS, undefined, { ref: false })
      }
    },
  }
}
