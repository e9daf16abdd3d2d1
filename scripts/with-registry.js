'use strict'

// node scripts/with-registry.js <command> [argument…]: runs a command while a registry on loopback is npm's, to which anybody may
// publish. What was published is then installed into an empty folder, and has to load.

const { execFileSync, spawnSync } = require('node:child_process')
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { startRegistry } = require('../tools/registry')

async function main([command, ...args]) {
  const folder = mkdtempSync(join(tmpdir(), 'logto-authkit-'))
  const registry = await startRegistry(folder)
  try {
    const npmrc = join(folder, 'npmrc')
    writeFileSync(npmrc, `registry=${registry.url}\n${registry.url.slice(5)}:_authToken=none\n`)
    const env = { ...process.env, NPM_CONFIG_USERCONFIG: npmrc, npm_config_registry: registry.url }
    const { status } = spawnSync(command, args, { env, stdio: 'inherit' })
    if (status !== 0) throw new Error(`${command} ended with ${status}`)
    writeFileSync(join(folder, 'package.json'), '{ "private": true }')
    execFileSync('npm', ['install', 'logto-authkit', '--no-audit', '--no-fund'], { cwd: folder, env, stdio: 'inherit' })
    const script = "console.log('the engine of what was published:', require('logto-authkit').getEngine())"
    execFileSync(process.execPath, ['-e', script], { cwd: folder, stdio: 'inherit' })
  } finally {
    registry.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error)
  process.exitCode = 1
})
