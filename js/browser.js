'use strict'

// What the export condition `browser` resolves to. Silence would end as a bundler's complaint about modules of Node.js.

module.exports = refuse()

function refuse() {
  throw new Error(
    'logto-authkit verifies tokens on a server and does not run in a browser: import it in server code alone, not in a ' +
      'client component ("use client") or in what one imports',
  )
}
