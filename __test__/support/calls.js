'use strict'

/** A function that asks a child process of `redis-process.js` to do something, and resolves to its answer. */
function callsTo(child) {
  let last = 0
  const waiting = new Map()
  child.on('message', ({ id, answer }) => {
    waiting.get(id)?.(answer)
    waiting.delete(id)
  })
  return (call, argument) =>
    new Promise((resolve) => {
      last += 1
      waiting.set(last, resolve)
      child.send({ id: last, call, argument })
    })
}

module.exports = { callsTo }
