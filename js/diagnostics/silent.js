'use strict'

// Edge runtimes have no diagnostics channels to count on: nobody listens.
const silent = { hasSubscribers: false }

module.exports = { verified: silent, refused: silent, guest: silent, keysFetched: silent, keysStale: silent }
