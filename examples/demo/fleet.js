'use strict'

const { fork } = require('node:child_process')
const { randomUUID } = require('node:crypto')
const { once } = require('node:events')
const { mkdtemp, rm } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { createExpressWebhookHandler, createRevocationList } = require('logto-authkit')
const { createApi } = require('./api')
const { fileLog } = require('./file-log')
const { listen } = require('./listen')

const API_PROCESS = join(__dirname, 'api-process.js')

/**
 * Starts the API in two processes, this one and another, which share a log of revocations. This one has the route for webhooks.
 *
 * @param {import('logto-authkit').VerifyAuthOptions} options those of every guarded route
 * @returns the `api` of this process, all the `options` of its guards, its `url` and `port`, the `otherUrl` of the other process, the `webhook` for the provider,
 *   and `close`
 */
async function startFleet(options) {
  const folder = await mkdtemp(join(tmpdir(), 'logto-authkit-demo-'))
  const logFile = join(folder, 'revocations')
  const other = fork(API_PROCESS, [JSON.stringify(options), logFile])
  const [otherUrl] = await once(other, 'message')

  const revocations = createRevocationList({ log: fileLog(logFile) })
  const signingKey = randomUUID()
  const allOptions = { ...options, revocations }
  const api = createApi(allOptions)
  api.post('/logto/webhook', createExpressWebhookHandler({ signingKey, revocations }))
  const { url, port, close } = await listen(api)
  return {
    api,
    options: allOptions,
    url,
    port,
    otherUrl,
    webhook: { url: `${url}/logto/webhook`, signingKey },
    async close() {
      other.kill()
      await Promise.all([close(), once(other, 'exit')])
      await rm(folder, { recursive: true })
    },
  }
}

module.exports = { startFleet }
