'use strict'

// The time of the key cache, and of the list of revocations. Mirrors src/jwks/clock.rs.

/**
 * A moment by two clocks, in milliseconds. Nobody sets the monotonic clock, but it stands still while the machine sleeps;
 * the wall clock goes on.
 * @typedef {{ monotonic: number, wall: number }} Moment
 */

/** @returns {Moment} */
function now() {
  return { monotonic: performance.timeOrigin + performance.now(), wall: Date.now() }
}

/**
 * The milliseconds between two moments, by the clock that went further.
 *
 * @param {Moment} earlier
 * @param {Moment} later
 */
function elapsed(earlier, later) {
  return Math.max(0, later.monotonic - earlier.monotonic, later.wall - earlier.wall)
}

/**
 * The moment that lies so many milliseconds before.
 *
 * @param {Moment} moment
 * @param {number} age
 * @returns {Moment}
 */
function ago({ monotonic, wall }, age) {
  return { monotonic: monotonic - age, wall: wall - age }
}

module.exports = { ago, elapsed, now }
