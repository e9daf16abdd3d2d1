'use strict'

const { execFileSync, spawn } = require('node:child_process')
const { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { freePort } = require('./free-port')

const DEBIAN = '/usr/lib/postgresql'

/** The folder of the programs of a Postgres server; undefined where there is none. */
function findPostgres() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort() : []
  const folders = versions.map((version) => join(DEBIAN, version, 'bin'))
  return folders.reverse().find((folder) => existsSync(join(folder, 'initdb')))
}

/** A server on a port of its own, with `url`, `kill`, `start` and `close`. */
async function startPostgres() {
  const programs = findPostgres()
  const folder = mkdtempSync(join(tmpdir(), 'logto-authkit-postgres-'))
  const port = await freePort()
  // It refuses to run as root.
  const user = process.getuid() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  const options = { stdio: 'ignore', cwd: folder, ...user }
  execFileSync(join(programs, 'initdb'), ['-D', folder, '-U', 'test', '-A', 'trust', '-N'], options)
  let child
  const postgres = {
    url: `postgres://test@127.0.0.1:${port}/postgres`,
    async start() {
      child = spawn(
        join(programs, 'postgres'),
        ['-D', folder, '-p', String(port), '-h', '127.0.0.1', '-k', folder],
        options,
      )
      const isReady = () => {
        try {
          execFileSync(join(programs, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)], options)
          return true
        } catch {
          return false
        }
      }
      for (let tries = 0; !isReady(); tries += 1) {
        if (tries > 200) throw new Error('postgres does not start')
        await sleep(50)
      }
    },
    /** At once, as `kill -9` would but that its own children go, too. */
    kill: () => new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGQUIT')),
    async close() {
      if (child.exitCode === null) await postgres.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await postgres.start()
  return postgres
}

function idOf(flag) {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}

module.exports = { findPostgres, startPostgres }
