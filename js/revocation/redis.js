'use strict'

// The log of a fleet: a stream of Redis or Valkey. Its ids are the log's clock, since the server makes them of its own.

/**
 * @import { RevocationEntry, RevocationLogListener } from 'logto-authkit'
 * @import { Connection } from './redis-connection'
 */

const { within } = require('../engines/portable/timer')
const { takeOptions } = require('../given-options')
const { invalid, isText, refuseOthers } = require('../option-values')
const { connectionOf } = require('./redis-connection')

/** The most entries of one answer. */
const BATCH = 1_000

/** How long a read waits for something new, in milliseconds: the list takes longer silence for an outage. */
const BLOCK_MS = 1_000

/** How long an answer may take beyond that, in milliseconds, before the connection is given up. */
const ANSWER_MS = 1_500

/** The time between two attempts, in milliseconds. */
const RETRY_MS = 200

/**
 * How far back a connection reads again, in milliseconds, where the one before it had read everything: another server may have
 * taken over, which had not got the last entries, and whose clock, of which ids are made, is behind. What comes twice does no harm.
 */
const OVERLAP_MS = 600_000

/** The longest that an append waits for its answer, in milliseconds. Its caller is told that nothing is certain. */
const APPEND_MS = 3_000

/** The name of the one field of an entry. */
const FIELD = 'entry'

/** @type {typeof import('logto-authkit/redis').redisLog} */
function redisLog(client, options) {
  const { key, ...others } = takeOptions(options)
  refuseOthers(others)
  if (!isText(key)) throw invalid('key', 'a non-empty string is required')
  return new RedisLog(connectionOf(client), key)
}

class RedisLog {
  #writer
  #key
  /** How long entries are kept, in milliseconds. */
  #keptMs = Number.POSITIVE_INFINITY
  /** The log's time of the entry that was told or appended last, in milliseconds; 0 before the first. */
  #lastTime = 0
  #isClosed = false
  /** @type {Connection | undefined} */
  #reader

  /**
   * @param {Connection} writer
   * @param {string} key
   */
  constructor(writer, key) {
    this.#writer = writer
    this.#key = key
  }

  /** @param {RevocationEntry} entry */
  async append(entry) {
    // By the log's clock: that of one process may be far ahead, and would take from the others what they need.
    const oldest = idAt(this.#lastTime - this.#keptMs)
    const command = ['XADD', this.#key, 'MINID', '~', oldest, '*', FIELD, JSON.stringify(entry)]
    const id = await within(APPEND_MS, this.#writer.send(command))
    if (id === undefined) throw new Error(`no answer of Redis within ${APPEND_MS} ms`)
    this.#lastTime = timeOf(String(id))
    return this.#lastTime
  }

  /** @param {RevocationLogListener} listener */
  follow(listener) {
    this.#keptMs = Date.now() - listener.since
    this.#read(listener).catch((bug) => listener.onError(bug))
  }

  /** Ends the reading, for tests and for a process that shuts down. The client stays open: it is the app's. */
  close() {
    this.#isClosed = true
    this.#reader?.close()
  }

  /**
   * Reads on from the last id that was told, over as many connections as it takes.
   *
   * @param {RevocationLogListener} listener
   */
  async #read(listener) {
    let id = idAt(listener.since)
    let hadEverything = false
    while (!this.#isClosed) {
      try {
        this.#reader ??= await this.#connect()
        // Whoever has not yet read everything does not wait for more.
        const entries = await this.#entriesAfter(this.#reader, id, hadEverything ? BLOCK_MS : undefined)
        for (const [at, fields] of entries) {
          id = at
          this.#lastTime = timeOf(at)
          listener.onEntry(entryIn(fields), this.#lastTime)
        }
        hadEverything = entries.length < BATCH
        if (hadEverything) listener.onCaughtUp()
      } catch (error) {
        this.#reader?.close()
        this.#reader = undefined
        if (this.#isClosed) return
        listener.onError(error)
        if (hadEverything) id = idAt(Math.max(listener.since, timeOf(id) - OVERLAP_MS))
        hadEverything = false
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
  }

  async #connect() {
    const connecting = this.#writer.duplicate()
    const reader = await within(ANSWER_MS, connecting)
    if (reader !== undefined) return reader
    connecting.then(
      (late) => late.close(),
      () => {},
    )
    throw new Error(`no connection to Redis within ${ANSWER_MS} ms`)
  }

  /**
   * @param {Connection} reader
   * @param {string} id
   * @param {number} [blockMs] how long to wait where there is nothing
   * @returns {Promise<[id: string, fields: string[]][]>}
   */
  async #entriesAfter(reader, id, blockMs) {
    const block = blockMs === undefined ? [] : ['BLOCK', String(blockMs)]
    const waiting = reader.send(['XREAD', 'COUNT', String(BATCH), ...block, 'STREAMS', this.#key, id])
    const limit = (blockMs ?? 0) + ANSWER_MS
    const answer = await within(limit, waiting)
    if (answer !== undefined) return streamIn(answer)
    waiting.catch(() => {})
    throw new Error(`no answer of Redis within ${limit} ms`)
  }
}

/**
 * The entries in an answer to XREAD of one stream: RESP2 has a list of pairs, RESP3 a map, which clients give as a flat list, an
 * object or a Map; `null` where nothing came.
 *
 * @param {any} answer
 * @returns {[id: string, fields: string[]][]}
 */
function streamIn(answer) {
  if (answer === null) return []
  if (Array.isArray(answer)) return Array.isArray(answer[0]) ? answer[0][1] : answer[1]
  return answer instanceof Map ? answer.values().next().value : Object.values(answer)[0]
}

/**
 * What an entry of the stream holds; undefined where it is not ours, which the list counts.
 *
 * @param {string[]} fields
 * @returns {unknown}
 */
function entryIn(fields) {
  try {
    return JSON.parse(fields[fields.indexOf(FIELD) + 1] ?? '')
  } catch {
    return undefined
  }
}

/**
 * The least id of a time, in milliseconds.
 *
 * @param {number} time
 */
function idAt(time) {
  return `${Math.max(0, Math.floor(time))}-0`
}

/**
 * The time in an id, in milliseconds.
 *
 * @param {string} id
 */
function timeOf(id) {
  return Number(id.split('-', 1)[0])
}

module.exports = { redisLog }
