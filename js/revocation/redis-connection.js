'use strict'

// What the two clients of Redis have in common: a command as a list of texts, an answer as Redis gives it, and a second
// connection of the same settings.

/**
 * @typedef {object} Connection
 * @property {(command: string[]) => Promise<unknown>} send
 * @property {() => Promise<Connection>} duplicate a connection of its own, connected
 * @property {() => void} close at once, whatever is under way
 */

const { invalid } = require('../option-values')

/**
 * @param {any} client of `ioredis` or of `redis`
 * @returns {Connection}
 * @throws {AuthError} `options_invalid` where it is neither
 */
function connectionOf(client) {
  if (typeof client?.duplicate === 'function') {
    if (typeof client.call === 'function') return ofIoredis(client)
    if (typeof client.sendCommand === 'function') return ofNodeRedis(client)
  }
  throw invalid('client', 'neither a client of redis nor one of ioredis')
}

/**
 * @param {any} client
 * @returns {Connection}
 */
function ofIoredis(client) {
  return {
    send: ([name, ...args]) => client.call(name, ...args),
    async duplicate() {
      // Without retries of its own: the log begins anew, and knows where.
      const copy = client.duplicate({ lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null })
      copy.on('error', () => {})
      await copy.connect()
      return ofIoredis(copy)
    },
    close: () => client.disconnect(false),
  }
}

/**
 * @param {any} client
 * @returns {Connection}
 */
function ofNodeRedis(client) {
  return {
    send: (command) => client.sendCommand(command),
    async duplicate() {
      // Without retries of its own, as above.
      const socket = { ...client.options?.socket, reconnectStrategy: false }
      const copy = client.duplicate({ socket, disableOfflineQueue: true })
      copy.on('error', () => {})
      await copy.connect()
      return ofNodeRedis(copy)
    },
    close() {
      if (client.isOpen) client.destroy()
    },
  }
}

module.exports = { connectionOf }
