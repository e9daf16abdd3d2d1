'use strict'

/** How long signatures may be verified on the event loop in one of its turns, in milliseconds. */
const SHARE_MS = 2

/** How many verifications may be under way elsewhere. Past it work is done here, so that callers wait and no queue grows. */
const MOST_ELSEWHERE = 1_024

let spent = 0
let elsewhere = 0

/** Whether a signature may be verified in this turn of the event loop, which is quicker, but holds everything else up. */
function mayWorkHere() {
  return spent < SHARE_MS || elsewhere >= MOST_ELSEWHERE
}

/** Calls a function and counts its time as spent in this turn. */
function workHere(work, ...args) {
  const start = performance.now()
  try {
    return work(...args)
  } finally {
    if (spent === 0) setImmediate(beginTurn)
    spent += performance.now() - start
  }
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

function beginTurn() {
  spent = 0
}

module.exports = { mayWorkHere, workElsewhere, workHere }
