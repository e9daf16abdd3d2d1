'use strict'

const { cpSync, mkdirSync, statSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { parseTriple } = require('@napi-rs/cli')
const manifest = require('../package.json')

const ROOT = join(__dirname, '..')
/** The size, in bytes, that a release build without symbols stays below. */
const ADDON_BYTES = 6_000_000
const LIBC = { gnu: 'glibc', musl: 'musl' }
const PLATFORMS = Object.fromEntries(
  manifest.napi.targets.map(parseTriple).map((target) => [target.platformArchABI, target]),
)

/**
 * Writes the packages to publish, each as a folder in this one: one for each of these platforms, and the main one. The addons are in
 * the folder `addons`.
 *
 * @returns {string[]} the folders, the main package's last: those it names have to be published before it
 */
function pack(folder, platforms, addons = join(ROOT, 'js/engines/native')) {
  return [...platforms.map((platform) => packPlatform(folder, platform, addons)), packMain(folder)]
}

function packPlatform(folder, platform, addons) {
  if (!Object.hasOwn(PLATFORMS, platform))
    throw new Error(`${platform} is none of ${Object.keys(PLATFORMS).join(', ')}`)
  const { platform: os, arch, abi } = PLATFORMS[platform]
  const { name, version, license, engines } = manifest
  const addon = addonName(platform)
  const target = join(folder, packageName(platform))
  copy(['LICENSE'], target)
  cpSync(join(addons, addon), join(target, addon))
  writeFileSync(
    join(target, 'README.md'),
    `The native addon of ${name} for ${platform}. Install ${name}, which brings it.\n`,
  )
  return writeManifest(target, {
    name: packageName(platform),
    version,
    description: `The native addon of ${name} for ${platform}`,
    license,
    type: 'commonjs',
    main: addon,
    files: [addon],
    os: [os],
    cpu: [arch],
    libc: abi in LIBC ? [LIBC[abi]] : undefined,
    engines,
  })
}

function packMain(folder) {
  // The repository's manifest is `private`, so that npm does not publish it. It does not list the platforms' packages,
  // since npm install would look for them before they are published.
  const { private: _, scripts, devDependencies, ...published } = manifest
  const target = join(folder, manifest.name)
  copy([...manifest.files.map((pattern) => pattern.split('/')[0]), 'LICENSE', 'README.md'], target)
  return writeManifest(target, {
    ...published,
    // Builds the addon from source in an app, where no devDependency is installed.
    scripts: { build: `npx --yes --package=@napi-rs/cli@${devDependencies['@napi-rs/cli']} -- ${scripts.build}` },
    optionalDependencies: Object.fromEntries(
      Object.keys(PLATFORMS).map((platform) => [packageName(platform), manifest.version]),
    ),
  })
}

/** The path of the addon in a platform's package. */
function addonIn(folder, platform) {
  return join(folder, packageName(platform), addonName(platform))
}

function addonName(platform) {
  return `${manifest.napi.binaryName}.${platform}.node`
}

/** @throws {Error} if an addon is as large as a debug build or one with symbols, or has grown too much */
function checkSize(addon) {
  const { size } = statSync(addon)
  if (size >= ADDON_BYTES) throw new Error(`${addon} has ${size} bytes, and not fewer than ${ADDON_BYTES}`)
}

function packageName(platform) {
  return `${manifest.name}-${platform}`
}

/** Copies whole folders. npm then publishes only the files that the manifest's `files` names. */
function copy(paths, target) {
  mkdirSync(target, { recursive: true })
  for (const path of paths) cpSync(join(ROOT, path), join(target, path), { recursive: true })
}

function writeManifest(target, contents) {
  writeFileSync(join(target, 'package.json'), `${JSON.stringify({ ...contents, ...repository() }, null, 2)}\n`)
  return target
}

/** The manifest's `repository`, without which npm accepts no provenance statement. */
function repository() {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env
  return GITHUB_REPOSITORY
    ? { repository: { type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` } }
    : {}
}

module.exports = { PLATFORMS, addonIn, addonName, checkSize, pack }
