'use strict'

const { runInNewContext } = require('node:vm')

// Fake timers put a Date of theirs in the place of the global one, and may have done so before this module is loaded. A realm
// of its own has a Date that they do not know.
const RealDate = runInNewContext('Date')

/** The time, in milliseconds since the Unix epoch, by the clock that the addon verifies with. */
function timeNow() {
  return RealDate.now()
}

/** The same in whole seconds. */
function secondsNow() {
  return Math.floor(timeNow() / 1_000)
}

module.exports = { secondsNow, timeNow }
