'use strict'

const { execFile } = require('node:child_process')
const { createRequire } = require('node:module')
const { join } = require('node:path')
const { promisify } = require('node:util')
const { withoutRust } = require('../support/tarballs')
const { eventOfHttpApi, eventOfRestApi } = require('./gateway-events')
const { startApp } = require('./start')

/**
 * The example apps. `start` starts an app; `ask` sends the app a request for `hello`, `me`, `admin` or `feed`, with
 * headers. An answer has a `status`, and the `user` if a user was let in.
 *
 * `welcome` is the status of the answer to a user, `outsider` the status for a user without the scope (left out if the
 * app has no such route); `storesGuests` says whether the app has a `feed`.
 */
const EXAMPLES = [
  { file: 'express-4.js', outsider: 403, storesGuests: true },
  { file: 'express-5.js', outsider: 403, storesGuests: true },
  { file: 'dist/express-5.mjs', outsider: 403, storesGuests: true },
  { file: 'fastify.js', outsider: 403, storesGuests: true },
  { file: 'fastify-cookie.js', outsider: 403, storesGuests: true },
  { file: 'hono.js', outsider: 403, storesGuests: true },
  { file: 'koa.js', outsider: 403, storesGuests: true },
  { file: 'http.js', outsider: 403 },
  { file: 'dist/nest.mjs', outsider: 403 },
  { file: 'dist/trpc.mjs', outsider: 403, ask: askTrpc },
  { file: 'dist/apollo.mjs', outsider: 403, ask: askApollo },
  { file: 'dist/websocket.mjs', welcome: 101, ask: askWebSocket },
  { file: 'api-gateway.js', of: 'an HTTP API', outsider: 403, start: startLambda(eventOfHttpApi), ask: askLambda },
  { file: 'api-gateway.js', of: 'a REST API', outsider: 403, start: startLambda(eventOfRestApi), ask: askLambda },
].map((example) => ({ start: startApp, ask: askHttp, welcome: 200, storesGuests: false, ...example }))

const PATHS = { hello: '/', me: '/me', admin: '/admin', feed: '/feed' }

async function askHttp({ url }, name, headers = {}) {
  const response = await get(url + PATHS[name], { headers })
  const body = await response.json()
  return { status: response.status, headers: response.headers, body, user: body.userId ?? body.admin }
}

async function askTrpc({ url }, name, headers = {}) {
  const response = await get(`${url}/${name}`, { headers })
  const { data } = (await response.json()).result ?? {}
  return { status: response.status, user: data?.userId ?? data?.admin }
}

async function askApollo({ url }, name, headers = {}) {
  const json = { ...headers, 'content-type': 'application/json' }
  const response = await get(url, { method: 'POST', headers: json, body: JSON.stringify({ query: `{ ${name} }` }) })
  const { data } = await response.json()
  return { status: response.status, user: name === 'hello' ? undefined : data?.[name] }
}

/** `hello` is a plain HTTP request; the others ask for an upgrade and wait for the first message. */
function askWebSocket(app, name, headers = {}) {
  if (name === 'hello') return askHttp(app, name, headers)
  const { WebSocket } = createRequire(join(app.folder, 'package.json'))('ws')
  const socket = new WebSocket(app.url.replace('http', 'ws'), { headers, handshakeTimeout: 30_000 })
  return new Promise((resolve, reject) => {
    socket.once('message', (message) => {
      resolve({ status: 101, user: JSON.parse(message).userId })
      socket.terminate()
    })
    socket.once('unexpected-response', (_request, response) => {
      resolve({ status: response.statusCode })
      response.destroy()
    })
    socket.once('error', reject)
  })
}

/** A Lambda function is not started: it is loaded anew for each event. */
function startLambda(eventOf) {
  return async (folder, file, { logtoUrl, audience }) => ({
    url: '',
    stop: () => {},
    invoke: async (path, headers) => {
      const script = `require('./${file}').handler(JSON.parse(process.argv[1])).then((answer) => {
        console.log(JSON.stringify(answer))
      })`
      const env = withoutRust({ LOGTO_URL: logtoUrl, AUDIENCE: audience })
      const args = ['-e', script, JSON.stringify(eventOf(path, headers))]
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env, timeout: 60_000 })
      return JSON.parse(stdout)
    },
  })
}

async function askLambda({ invoke }, name, headers = {}) {
  const { statusCode, body } = await invoke(PATHS[name], headers)
  const { userId, admin } = JSON.parse(body)
  return { status: statusCode, user: userId ?? admin }
}

function get(url, options) {
  return fetch(url, { ...options, signal: AbortSignal.timeout(30_000) })
}

module.exports = { EXAMPLES, askHttp }
