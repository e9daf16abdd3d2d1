'use strict'

const { execFile } = require('node:child_process')
const { existsSync } = require('node:fs')
const { cp, mkdtemp, readFile, readdir, writeFile } = require('node:fs/promises')
const { delimiter, join } = require('node:path')
const { promisify } = require('node:util')
const { pack } = require('../../tools/pack')

const ROOT = join(__dirname, '..', '..')
const NO_RUST = process.env.PATH.split(delimiter)
  .filter((folder) => !['cargo', 'cargo.exe', 'rustc', 'rustc.exe'].some((file) => existsSync(join(folder, file))))
  .join(delimiter)

/** This process's environment without Rust in its PATH. */
function withoutRust(changes) {
  return { ...process.env, PATH: NO_RUST, ...changes }
}

async function npm(args, cwd) {
  // On Windows, npm is a script, which only a shell can start.
  const options = { cwd, env: withoutRust(), shell: process.platform === 'win32' }
  return (await promisify(execFile)('npm', args, options)).stdout
}

/** The tarballs of the main package and of this platform's package, and the platform's name. */
async function packTarballs(folder) {
  const platform = await hostPlatform()
  const packages = pack(join(folder, 'packages'), [platform])
  const [addon, main] = await Promise.all(packages.map((source) => tarball(source, folder)))
  return { platform, addon, main }
}

/** Packs a package as `npm publish` does, into a new folder below `folder`. */
async function tarball(source, folder) {
  const target = await mkdtemp(join(folder, 'tarball-'))
  await npm(['pack', source, '--ignore-scripts', '--pack-destination', target], folder)
  const [file] = await readdir(target)
  return join(target, file)
}

/** Installs the tarballs and the dependencies of an app's package.json (by default an empty one) into the app's folder,
 * without install scripts. */
async function install(app, tarballs, ...flags) {
  const manifest = join(app, 'package.json')
  if (!existsSync(manifest)) await writeFile(manifest, '{ "private": true }')
  await npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', ...flags, ...tarballs], app)
}

/** Copies an example into a folder and installs it there with these tarballs in the place of this repository, as users get it. */
async function installExample(example, app, { main, addon }) {
  await cp(example, app, { recursive: true, filter: (file) => !file.includes('node_modules') })
  const file = join(app, 'package.json')
  const manifest = JSON.parse(await readFile(file, 'utf8'))
  delete manifest.dependencies['logto-authkit']
  await writeFile(file, JSON.stringify(manifest))
  await install(app, [main, addon], '--prefer-offline')
}

/** The tarballs of all that an app needs: our two packages for this platform, and their dependencies. */
async function packEverything(folder) {
  const needed = ['cookie', 'jose'].map((name) => tarball(join(ROOT, 'node_modules', name), folder))
  return { ...(await packTarballs(folder)), dependencies: await Promise.all(needed) }
}

/** Installs only these tarballs into a new folder, without a network, a cache or install scripts. */
async function installOffline(folder, tarballs) {
  const target = await mkdtemp(join(folder, 'app-'))
  await install(target, tarballs, '--offline', '--cache', join(folder, 'empty-cache'))
  return target
}

/** The platform of the addon in js/engines/native/. */
async function hostPlatform() {
  const prefix = `logto-authkit.${process.platform}-${process.arch}`
  const file = (await readdir(join(ROOT, 'js/engines/native'))).find((name) => name.startsWith(prefix))
  return file.slice('logto-authkit.'.length, -'.node'.length)
}

module.exports = {
  ROOT,
  hostPlatform,
  install,
  installExample,
  installOffline,
  npm,
  packEverything,
  packTarballs,
  withoutRust,
}
