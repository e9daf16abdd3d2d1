'use strict'

const { execFileSync, spawn } = require('node:child_process')
const { mkdtemp, rm } = require('node:fs/promises')
const { connect } = require('node:net')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { freePort } = require('./free-port')

/** Whether there is a redis-server, or one of Valkey. CI requires it: without it, nothing of the log would be shown. */
function findRedis() {
  for (const name of ['redis-server', 'valkey-server']) {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' })
      return name
    } catch {
      // The next.
    }
  }
  if (process.env.REDIS_REQUIRED) throw new Error('there is no redis-server, and REDIS_REQUIRED is set')
  return undefined
}

/** A server on a port of its own, which keeps what it acknowledges through a `kill -9`; `close` ends it and what it kept. */
async function startRedis() {
  const folder = await mkdtemp(join(tmpdir(), 'logto-authkit-redis-'))
  const port = await freePort()
  let child
  const redis = {
    port,
    url: `redis://127.0.0.1:${port}`,
    async start() {
      // With the default, `everysec`, Redis answers before it has written where its disk is busy.
      const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'yes', appendfsync: 'always' }
      const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
      child = spawn(findRedis(), args, { stdio: 'ignore' })
      for (let tries = 0; !(await answers(port)); tries += 1) {
        if (tries > 200) throw new Error('redis-server does not start')
        await sleep(25)
      }
    },
    kill: (signal = 'SIGKILL') => new Promise((resolve) => child.once('exit', resolve) && child.kill(signal)),
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    async close() {
      redis.thaw()
      child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
  await redis.start()
  return redis
}

/** Whether a server answers a PING: while it loads its file, it answers something else. */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.setTimeout(1_000, () => socket.destroy())
    socket.on('data', (data) => {
      resolve(String(data).startsWith('+PONG'))
      socket.destroy()
    })
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
  })
}

module.exports = { findRedis, startRedis }
