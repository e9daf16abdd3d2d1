'use strict'

// node scripts/pack.js <folder> [platform…]: the packages to publish, as folders: one for each platform named (or for
// all), with its addon from js/engines/native/, and the main one. Refuses an addon that is too large to publish.

const { cpSync, mkdirSync, statSync, writeFileSync } = require('node:fs')
const { basename, join } = require('node:path')
const { parseTriple } = require('@napi-rs/cli')
const manifest = require('../package.json')

const ROOT = join(__dirname, '..')
/** What an addon is smaller than, in bytes, when it is a release build without its symbols. */
const ADDON_BYTES = 6_000_000
const LIBC = { gnu: 'glibc', musl: 'musl' }
const PLATFORMS = Object.fromEntries(
  manifest.napi.targets.map(parseTriple).map((target) => [target.platformArchABI, target]),
)

/** @returns {string[]} the folders, the main package's last: those it names have to be published before it */
function pack(folder, platforms) {
  return [...platforms.map((platform) => packPlatform(folder, platform)), packMain(folder)]
}

function packPlatform(folder, platform) {
  if (!Object.hasOwn(PLATFORMS, platform))
    throw new Error(`${platform} is none of ${Object.keys(PLATFORMS).join(', ')}`)
  const { platform: os, arch, abi } = PLATFORMS[platform]
  const { name, version, license, engines } = manifest
  const addon = addonName(platform)
  const target = join(folder, packageName(platform))
  copy([join('js/engines/native', addon), 'LICENSE'], target, basename)
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
  // `private` keeps npm from publishing the repository itself, which does not name the platforms' packages: npm install
  // would look for them before they are published.
  const { private: _, scripts, devDependencies, ...published } = manifest
  const target = join(folder, manifest.name)
  copy([...manifest.files.map((pattern) => pattern.split('/')[0]), 'LICENSE', 'README.md'], target)
  return writeManifest(target, {
    ...published,
    // What builds it from source, where no devDependency is installed.
    scripts: { build: `npx --yes --package=@napi-rs/cli@${devDependencies['@napi-rs/cli']} -- ${scripts.build}` },
    optionalDependencies: Object.fromEntries(
      Object.keys(PLATFORMS).map((platform) => [packageName(platform), manifest.version]),
    ),
  })
}

function addonName(platform) {
  return `${manifest.napi.binaryName}.${platform}.node`
}

/** @throws {Error} where an addon is a debug build, has its symbols, or has grown too much */
function checkSize(addon) {
  const { size } = statSync(addon)
  if (size >= ADDON_BYTES) throw new Error(`${addon} has ${size} bytes, and not fewer than ${ADDON_BYTES}`)
}

function packageName(platform) {
  return `${manifest.name}-${platform}`
}

/** More than gets published: of what is here, npm takes what `files` names. */
function copy(paths, target, rename = (path) => path) {
  mkdirSync(target, { recursive: true })
  for (const path of paths) cpSync(join(ROOT, path), join(target, rename(path)), { recursive: true })
}

function writeManifest(target, contents) {
  writeFileSync(join(target, 'package.json'), `${JSON.stringify({ ...contents, ...repository() }, null, 2)}\n`)
  return target
}

/** npm accepts a provenance only for the repository that the manifest names. */
function repository() {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env
  return GITHUB_REPOSITORY
    ? { repository: { type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` } }
    : {}
}

if (require.main === module) {
  const [folder, ...named] = process.argv.slice(2)
  const platforms = named.length > 0 ? named : Object.keys(PLATFORMS)
  for (const target of pack(folder, platforms)) console.log(target)
  for (const platform of platforms) checkSize(join(folder, packageName(platform), addonName(platform)))
}

module.exports = { checkSize, pack }
