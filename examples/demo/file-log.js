'use strict'

const { appendFile, open } = require('node:fs/promises')

/** The time between two looks into the file, in milliseconds. */
const LOOK_MS = 50

/**
 * A log of revocations for the processes of one machine: a file that they append to, an entry on each line. Enough for a demo,
 * which has no Redis; and all that a log of your own needs.
 *
 * @param {string} path
 * @returns {import('logto-authkit').RevocationLog}
 */
function fileLog(path) {
  return {
    async append(entry) {
      const time = Date.now()
      await appendFile(path, `${JSON.stringify({ time, entry })}\n`)
      return time
    },

    follow({ onEntry, onCaughtUp, onError }) {
      let position = 0
      const look = async () => {
        try {
          const { lines, end } = await readFrom(path, position)
          position = end
          for (const { time, entry } of lines.map((line) => JSON.parse(line))) onEntry(entry, time)
          onCaughtUp()
        } catch (error) {
          onError(error)
        }
        setTimeout(look, LOOK_MS).unref()
      }
      look()
    },
  }
}

/** The whole lines from a position on, and where they end. */
async function readFrom(path, position) {
  const file = await open(path, 'a+')
  try {
    const length = (await file.stat()).size - position
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, position)
    const whole = buffer.subarray(0, buffer.lastIndexOf('\n') + 1)
    return { lines: whole.toString().split('\n').slice(0, -1), end: position + whole.length }
  } finally {
    await file.close()
  }
}

module.exports = { fileLog }
