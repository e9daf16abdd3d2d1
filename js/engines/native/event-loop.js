'use strict'

// Carries out the scheduling policy that stands in src/scheduling/mod.rs.

// Taken at load, so that fake timers of a test do not stop verifications.
const { setImmediate } = process.getBuiltinModule?.('node:timers') ?? require('node:timers')

let offLoop = 0

/**
 * Verifications that wait for a turn of this thread's event loop, first come first served. A turn runs as many as it has
 * time for; at least one, so that the queue ends.
 */
class TurnQueue {
  /** @type {{ attempt: () => any, resolve: (answer: any) => void, reject: (error: unknown) => void }[]} */
  #waiting = []
  #head = 0
  #beginTurn
  #isSpent

  /**
   * @param {() => void} beginTurn gives signatures a new share of the thread's time
   * @param {(answer: unknown) => boolean} isSpent whether an answer says that the share is spent
   */
  constructor(beginTurn, isSpent) {
    this.#beginTurn = beginTurn
    this.#isSpent = isSpent
  }

  get isEmpty() {
    return this.#head === this.#waiting.length
  }

  /**
   * @template Answer
   * @param {() => Answer} attempt
   * @returns {Promise<Answer>} the first answer that is not "spent"
   */
  run(attempt) {
    if (this.isEmpty) setImmediate(() => this.#takeTurn())
    return new Promise((resolve, reject) => this.#waiting.push({ attempt, resolve, reject }))
  }

  #takeTurn() {
    this.#beginTurn()
    while (!this.isEmpty && this.#settleNext()) this.#head += 1
    if (this.isEmpty) {
      this.#waiting = []
      this.#head = 0
    } else setImmediate(() => this.#takeTurn())
  }

  /** Settles the first waiting verification. False: the turn has no time left. */
  #settleNext() {
    const { attempt, resolve, reject } = this.#waiting[this.#head]
    try {
      const answer = attempt()
      if (this.#isSpent(answer)) return false
      resolve(answer)
    } catch (error) {
      reject(error)
    }
    return true
  }
}

/** How many verifications of this thread run off its event loop. */
function countOffLoop() {
  return offLoop
}

/**
 * Counts a verification off the event loop until its promise is settled.
 *
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
async function runOffLoop(promise) {
  offLoop += 1
  try {
    return await promise
  } finally {
    offLoop -= 1
  }
}

module.exports = { TurnQueue, countOffLoop, runOffLoop }
