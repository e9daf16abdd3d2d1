'use strict'

// A process with one verifier, which verifies a token each time its parent asks.

const { createVerifier } = require('logto-authkit')

let verifier

process.on('message', ({ id, token, options }) => {
  verifier ??= createVerifier(options)
  verifier.verify(token).then(
    ({ userId }) => process.send({ id, outcome: userId }),
    ({ code }) => process.send({ id, outcome: code }),
  )
})
