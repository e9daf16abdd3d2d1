'use strict'

// The child process of edge-process.js. The conditions of an Edge runtime resolve this package to the Edge engine.

const authkit = require('logto-authkit')
const { outcomeOf } = require('./outcome')

process.on('message', async ({ id, name, args }) => {
  process.send({ id, outcome: await outcomeOf(authkit, name, args) })
})
