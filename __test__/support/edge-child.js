'use strict'

// The other end of edge-process.js: this package as an Edge runtime's conditions resolve it.

const authkit = require('logto-authkit')
const { outcomeOf } = require('./outcome')

process.on('message', async ({ id, name, args }) => {
  process.send({ id, outcome: await outcomeOf(authkit, name, args) })
})
