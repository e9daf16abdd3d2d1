'use strict'

// Edge runtimes have no diagnostics channels to count on: nobody listens.
const silent = { hasSubscribers: false, publish() {} }

/** @type {import('./channels').Channels} */
module.exports = {
  verified: silent,
  refused: silent,
  guest: silent,
  keysFetched: silent,
  keysStale: silent,
  revocationsBehind: silent,
}
