'use strict'

const { once } = require('node:events')
const { connect, createServer } = require('node:net')

/**
 * A way to a server on loopback that can be cut: then nothing comes through, and nobody is told.
 *
 * @returns its `port`, `cut`, `mend` and `close`
 */
async function startWay(to) {
  let isCut = false
  const pairs = new Set()
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    const pair = [near, far]
    pairs.add(pair)
    for (const [from, into] of [pair, [far, near]]) {
      from.on('data', (bytes) => isCut || into.write(bytes))
      from.on('error', () => {})
      from.on('close', () => isCut || into.destroy())
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const destroyAll = () => {
    for (const socket of [...pairs].flat()) socket.destroy()
    pairs.clear()
  }
  return {
    port: server.address().port,
    cut() {
      isCut = true
    },
    mend() {
      isCut = false
      // What was lost on the way does not come again.
      destroyAll()
    },
    close() {
      destroyAll()
      server.close()
    },
  }
}

module.exports = { startWay }
