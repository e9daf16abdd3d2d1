'use strict'

// The clock of the key cache. Mirrors src/jwks/clock.rs.

/** A clock in milliseconds that all requests of an isolate share, and that no change of the wall clock moves. */
function now() {
  return performance.timeOrigin + performance.now()
}

module.exports = { now }
