'use strict'

// Timers that can be called off. Stands for tokio's, which src/ waits with.

/** The longest that a timer can be set for; past it, it would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Calls a function after a while. Returns what calls it off.
 *
 * @param {number} milliseconds
 * @param {() => void} call
 */
function after(milliseconds, call) {
  const timer = setTimeout(call, Math.min(milliseconds, MAX_TIMER_MS))
  return () => clearTimeout(timer)
}

/**
 * What a promise resolves to, or undefined where that takes longer.
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
