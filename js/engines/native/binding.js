'use strict'

/** @import { Addon } from './addon' */

// Modules of Node.js are asked for in two ways, here and wherever a bundle for Node.js has them: where a bundle is an ES module,
// nothing in it is called `require`, and Node.js before 20.16 has no `getBuiltinModule`.

const { existsSync } = process.getBuiltinModule?.('node:fs') ?? require('node:fs')
const { createRequire } = process.getBuiltinModule?.('node:module') ?? require('node:module')
const { AuthError } = require('../../errors')
const { VERSION } = require('../../version')

/**
 * The platforms that a package with the addon is published for, and the C libraries (ABIs) each of them has.
 *
 * @type {Record<string, string[]>}
 */
const PACKAGED = {
  'linux-x64': ['gnu', 'musl'],
  'linux-arm64': ['gnu', 'musl'],
  'darwin-x64': [''],
  'darwin-arm64': [''],
  'win32-x64': ['msvc'],
}

/**
 * Those that a build from source may be for. npm installs the package that fits, so trying all of them finds it.
 *
 * @type {Record<string, string[]>}
 */
const ABIS = { linux: ['gnu', 'musl', 'gnueabihf', 'musleabihf'], win32: ['msvc', 'gnu'] }

/** @type {Addon | undefined} */
let loaded

/**
 * The addon. Loaded at the first call, never at the top level: there a bundler or framework may swallow the failure.
 *
 * @throws {AuthError} `addon_unavailable`
 */
function binding() {
  loaded ??= load()
  return loaded
}

/** @returns {Addon} */
function load() {
  const platform = `${process.platform}-${process.arch}`
  const abis = PACKAGED[platform] ?? ABIS[process.platform] ?? ['']
  const triples = abis.map((abi) => (abi ? `${platform}-${abi}` : platform))
  const problems = new Set()
  /** Why the first file that is there does not load. */
  let reason
  for (const triple of triples) {
    for (const [from, request] of [...placesHere(triple, VERSION), ...placesInApp(triple, VERSION)]) {
      try {
        const addon = createRequire(from)(request)
        // A stale build, or another version's package beside this one, may mean something else by the same names.
        if (addon.VERSION === VERSION) return addon
        const problem = `of version ${addon.VERSION ?? 'unknown'}, and not ${VERSION}`
        problems.add(`${request}: ${problem}`)
        reason ??= problem
      } catch (error) {
        const problem = firstLine(error.message)
        problems.add(`${request}: ${problem}`)
        if (error.code !== 'MODULE_NOT_FOUND') reason ??= withoutPaths(problem)
      }
    }
  }
  throw new AuthError('addon_unavailable', {
    platform: isMusl() ? triples[1] : triples[0],
    reason: reason ?? 'it is not installed',
    isPackaged: Object.hasOwn(PACKAGED, platform),
    isBundled: isBundled(),
    problems: [...problems],
  })
}

/**
 * The first line of an error's message, without the list of modules that Node.js adds.
 *
 * @param {string} text
 */
function firstLine(text) {
  return text.split('\n', 1)[0]
}

/**
 * A path says much of a machine and nothing of what is wrong.
 *
 * @param {string} text
 */
function withoutPaths(text) {
  return text.replace(/(?:[A-Za-z]:)?[\\/][^\s:'",]+/g, 'the file')
}

/**
 * Where a build from source puts it; in the platform's package, beside this one, in pnpm's store, or where Node.js finds it.
 *
 * What traces the files of an app (Next.js for `output: 'standalone'`, Vercel) evaluates the paths of such a list as they
 * are written here, with any text for `triple` and `version`, and may leave links aside: so they are written out.
 *
 * @param {string} triple
 * @param {string} version
 */
function placesHere(triple, version) {
  // An ES module has neither this name nor `require`.
  if (typeof __dirname === 'undefined') return []
  const { join } = require('node:path')
  const paths = [
    join(__dirname, `logto-authkit.${triple}.node`),
    join(__dirname, `../../../../logto-authkit-${triple}/logto-authkit.${triple}.node`),
    join(
      __dirname,
      `../../../../../../logto-authkit-${triple}@${version}/node_modules/logto-authkit-${triple}/logto-authkit.${triple}.node`,
    ),
    `logto-authkit-${triple}/logto-authkit.${triple}.node`,
  ]
  return paths.map((path) => [join(__dirname, 'binding.js'), path])
}

/**
 * The same places in and below the working directory, for bundlers that give a file another address than its own or none.
 *
 * @param {string} triple
 * @param {string} version
 */
function placesInApp(triple, version) {
  try {
    const paths = [
      `${process.cwd()}/logto-authkit.${triple}.node`,
      `${process.cwd()}/node_modules/logto-authkit/js/engines/native/logto-authkit.${triple}.node`,
      `${process.cwd()}/node_modules/logto-authkit-${triple}/logto-authkit.${triple}.node`,
      `${process.cwd()}/node_modules/.pnpm/logto-authkit-${triple}@${version}/node_modules/logto-authkit-${triple}/logto-authkit.${triple}.node`,
      `logto-authkit-${triple}/logto-authkit.${triple}.node`,
    ]
    const from = installedInApp() ?? `${process.cwd()}/package.json`
    return paths.map((path) => [from, path])
  } catch {
    return [] // The working directory is gone.
  }
}

/** This package's main file as the app in the working directory finds it: pnpm keeps the platform's package beside it. */
function installedInApp() {
  try {
    return createRequire(`${process.cwd()}/package.json`).resolve('logto-authkit')
  } catch {
    return undefined
  }
}

/** Whether this code runs from a bundle: then this file is not where it was written. */
function isBundled() {
  return typeof __dirname === 'undefined' || !existsSync(`${__dirname}/binding.js`)
}

/** Whether this is a Linux whose C library is musl, as Alpine's: only then is its loader there. */
function isMusl() {
  /** @type {Record<string, string>} */
  const loaders = { x64: 'x86_64', arm64: 'aarch64' }
  return process.platform === 'linux' && existsSync(`/lib/ld-musl-${loaders[process.arch]}.so.1`)
}

module.exports = { binding }
