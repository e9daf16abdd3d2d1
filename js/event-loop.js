'use strict'

/** How many verifications may be under way elsewhere. Past it work is done here, so that callers wait and no queue grows. */
const MOST_ELSEWHERE = 1_024

let elsewhere = 0
let isNextTurnTaken = false

/**
 * A place in the next turn of the event loop, for one: waiting for it costs less than another thread does. The others of
 * this turn are better off elsewhere, so that all cores work.
 *
 * @returns {Promise<void> | undefined} none, where it is taken
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

/** Whether as much is under way elsewhere as may be. */
function isCrowdedElsewhere() {
  return elsewhere >= MOST_ELSEWHERE
}

/** Counts work under way elsewhere until its promise is settled. */
async function workElsewhere(promise) {
  elsewhere += 1
  try {
    return await promise
  } finally {
    elsewhere -= 1
  }
}

module.exports = { isCrowdedElsewhere, takeNextTurn, workElsewhere }
