'use strict'

// A registry of one's own on loopback, verdaccio, and the package managers that install from it: tools/registry/package.json.

const { execFile, spawn } = require('node:child_process')
const { existsSync } = require('node:fs')
const { writeFile } = require('node:fs/promises')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { promisify } = require('node:util')
const { freePort } = require('./free-port')

const run = promisify(execFile)
const TOOLS = join(__dirname, 'registry')
const shell = process.platform === 'win32'

/** The file of a command that the registry's folder has installed. */
const toolIn = (path) => join(TOOLS, 'node_modules', path)

/** Without a lock file: one would have to list the packages of pnpm for every platform, which not every registry has. */
async function installTools() {
  if (existsSync(toolIn('verdaccio'))) return
  await run('npm', ['install', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: TOOLS,
    shell,
  })
}

/**
 * Starts a registry that keeps our packages in a folder, and passes on what it is asked of others.
 *
 * @param {string} folder
 * @returns {Promise<{ url: string, publish: (directory: string) => Promise<void>, close: () => void }>}
 */
async function startRegistry(folder) {
  await installTools()
  const url = (await run('npm', ['config', 'get', 'registry'], { shell })).stdout.trim()
  const port = await freePort()
  const config = join(folder, 'registry.yaml')
  const packages = {
    'logto-authkit*': { access: '$all', publish: '$all' },
    '**': { access: '$all', proxy: 'public' },
  }
  const settings = {
    storage: './storage',
    uplinks: { public: { url } },
    packages,
    log: { type: 'stdout', level: 'error' },
  }
  // YAML is a superset of JSON.
  await writeFile(config, JSON.stringify(settings))
  const args = [toolIn('verdaccio/bin/verdaccio'), '--config', config, '--listen', `127.0.0.1:${port}`]
  const child = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore' })
  const close = () => child.kill('SIGKILL')
  process.once('exit', close)
  const registry = `http://127.0.0.1:${port}/`
  for (let tries = 0; !(await answers(registry)); tries += 1) {
    if (tries > 300) throw new Error('the registry does not start')
    await sleep(100)
  }
  return {
    url: registry,
    // npm asks for a token, and the registry for none.
    publish: (directory) =>
      run('npm', ['publish', directory, '--registry', registry, `--${registry.slice(5)}:_authToken=none`], {
        shell,
      }).then(),
    close,
  }
}

function answers(url) {
  return fetch(`${url}-/ping`).then(
    ({ ok }) => ok,
    () => false,
  )
}

module.exports = { startRegistry, toolIn }
