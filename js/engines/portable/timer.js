'use strict'

// Timers that can be cancelled. Stands for tokio's timers, which src/ uses.

/** The longest time that a timer can be set for. A timer that is set for longer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Calls a function after a time. Returns a function that cancels the call.
 *
 * @param {number} milliseconds
 * @param {() => void} call
 */
function after(milliseconds, call) {
  const timer = setTimeout(call, Math.min(milliseconds, MAX_TIMER_MS))
  return () => clearTimeout(timer)
}

/**
 * The value of a promise, or undefined if the promise takes longer than that.
 *
 * @template T
 * @param {number} milliseconds
 * @param {Promise<T>} promise
 * @returns {Promise<T | undefined>}
 */
async function within(milliseconds, promise) {
  /** @type {(() => void) | undefined} */
  let callOff
  /** @type {Promise<undefined>} */
  const timeUp = new Promise((resolve) => {
    callOff = after(milliseconds, () => resolve(undefined))
  })
  try {
    return await Promise.race([promise, timeUp])
  } finally {
    callOff?.()
  }
}

module.exports = { after, within }
