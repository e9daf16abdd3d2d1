'use strict'

const { createHash } = require('node:crypto')

/** Random choices that depend only on the seed: they are the same on every platform. */
class Random {
  #seed
  #count = 0
  #pool = Buffer.alloc(0)

  constructor(seed) {
    this.#seed = `${seed}`
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit) {
    if (this.#pool.length < 4) {
      this.#pool = createHash('sha256').update(`${this.#seed}/${this.#count}`).digest()
      this.#count += 1
    }
    const number = this.#pool.readUInt32BE()
    this.#pool = this.#pool.subarray(4)
    return number % limit
  }

  pick(items) {
    return items[this.below(items.length)]
  }

  chance(oneIn) {
    return this.below(oneIn) === 0
  }
}

module.exports = { Random }
