'use strict'

// The entry for the export condition `browser`. Without it, a bundler would complain about modules of Node.js.

module.exports = refuse()

function refuse() {
  throw new Error(
    'logto-authkit verifies tokens on a server and does not run in a browser: import it in server code alone, not in a ' +
      'client component ("use client") or in what one imports',
  )
}
