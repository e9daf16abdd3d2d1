'use strict'

/** @import { RevocationLog, RevocationLogListener } from 'logto-authkit' */

/** The log of one process: its memory. What it says is gone with the process. */
class MemoryLog {
  /** @type {RevocationLogListener | undefined} */
  #listener

  /** @type {RevocationLog['append']} */
  async append(entry) {
    const time = Date.now()
    this.#listener?.onEntry(entry, time)
    return time
  }

  /** @type {RevocationLog['follow']} */
  follow(listener) {
    this.#listener = listener
    listener.onCaughtUp()
  }
}

module.exports = { MemoryLog }
