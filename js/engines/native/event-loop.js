'use strict'

// Carries out the policy of src/scheduling/mod.rs, which says what runs where.

let offLoop = 0
let isNextTurnTaken = false

/**
 * A place in the next turn of the event loop, for one verification at a time.
 *
 * @returns {Promise<void> | undefined} undefined where the place is taken
 */
function takeNextTurn() {
  if (isNextTurnTaken) return undefined
  isNextTurnTaken = true
  return new Promise((resolve) => {
    setImmediate(() => {
      isNextTurnTaken = false
      resolve()
    })
  })
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

module.exports = { countOffLoop, runOffLoop, takeNextTurn }
