'use strict'

const { execFile } = require('node:child_process')
const { existsSync } = require('node:fs')
const { mkdtemp, readdir, writeFile } = require('node:fs/promises')
const { delimiter, join } = require('node:path')
const { promisify } = require('node:util')
const { pack } = require('../../scripts/pack')

const ROOT = join(__dirname, '..', '..')

/** The search path without Rust. */
const NO_RUST = process.env.PATH.split(delimiter)
  .filter((folder) => !['cargo', 'cargo.exe', 'rustc', 'rustc.exe'].some((file) => existsSync(join(folder, file))))
  .join(delimiter)

/** The tarballs of the main package, of the addon that is in js/, and of what the main package depends on. */
async function packTarballs(folder) {
  const platform = await hostPlatform()
  const packages = pack(join(folder, 'packages'), [platform])
  const needed = ['cookie', 'jose'].map((name) => join(ROOT, 'node_modules', name))
  const tarballs = [...packages, ...needed].map((source) => tarball(folder, source))
  const [addon, main, ...dependencies] = await Promise.all(tarballs)
  return { platform, addon, main, dependencies }
}

/** A folder with what npm makes of these tarballs alone: without a network, a cache or an install script. */
async function install(folder, files) {
  const target = await mkdtemp(join(folder, 'app-'))
  await writeFile(join(target, 'package.json'), '{ "private": true }')
  const cache = join(folder, 'empty-cache')
  await npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--cache', cache, ...files], target)
  return target
}

/** The platform that the addon in js/ has been built for here. */
async function hostPlatform() {
  const prefix = `logto-authkit.${process.platform}-${process.arch}`
  const file = (await readdir(join(ROOT, 'js'))).find((name) => name.startsWith(prefix))
  return file.slice('logto-authkit.'.length, -'.node'.length)
}

async function tarball(folder, source) {
  const target = await mkdtemp(join(folder, 'tarball-'))
  await npm(['pack', source, '--ignore-scripts', '--pack-destination', target], folder)
  const [file] = await readdir(target)
  return join(target, file)
}

async function npm(args, cwd) {
  const env = { ...process.env, PATH: NO_RUST }
  // On Windows, npm is a script that only a shell starts.
  await promisify(execFile)('npm', args, { cwd, env, shell: process.platform === 'win32' })
}

module.exports = { NO_RUST, install, packTarballs }
