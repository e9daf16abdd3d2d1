'use strict'

const { channel } = require('node:diagnostics_channel')

/** What an app may listen to, as index.d.ts says. Messages are made only where somebody does. */
module.exports = {
  verified: channel('logto-authkit:verified'),
  refused: channel('logto-authkit:refused'),
  guest: channel('logto-authkit:guest'),
  keysFetched: channel('logto-authkit:keys-fetched'),
  keysStale: channel('logto-authkit:keys-stale'),
}
