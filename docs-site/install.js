const { spawnSync } = require('node:child_process')
const { existsSync, readFileSync } = require('node:fs')
const { join } = require('node:path')

const INSTALLED = join(__dirname, 'node_modules/.package-lock.json')

/**
 * Installs the generator's packages where they are not those of the lock file.
 *
 * @param {import('node:child_process').SpawnSyncOptions} [options]
 * @returns {boolean} whether they are installed now
 */
function install(options) {
  return isInstalled() || npm(['ci', '--no-audit', '--no-fund', '--prefer-offline'], options)
}

/** Whether the installed packages have the versions of the lock file. Those of other platforms are not installed. */
function isInstalled() {
  if (!existsSync(INSTALLED)) return false
  const wanted = packagesIn(join(__dirname, 'package-lock.json'))
  return Object.entries(packagesIn(INSTALLED)).every(([path, { version }]) => wanted[path]?.version === version)
}

function packagesIn(lock) {
  return JSON.parse(readFileSync(lock, 'utf8')).packages
}

/** Runs npm in this folder, and says whether it went well. */
function npm(args, options) {
  // On Windows, npm is a script, which only a shell can start.
  const shell = process.platform === 'win32'
  return spawnSync('npm', args, { cwd: __dirname, stdio: 'inherit', shell, ...options }).status === 0
}

module.exports = { install, npm }
