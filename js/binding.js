'use strict'

const { existsSync } = require('node:fs')
const { createRequire } = require('node:module')
const { join } = require('node:path')
const { AuthError } = require('./errors')

/** The C libraries a Linux binary can be built for; npm installs the one that fits, so trying both finds it. */
const ABIS = { linux: ['gnu', 'musl'], win32: ['msvc'], darwin: [''] }

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

function load() {
  const platform = `${process.platform}-${process.arch}`
  const triples = (ABIS[process.platform] ?? ['']).map((abi) => (abi ? `${platform}-${abi}` : platform))
  const problems = []
  for (const triple of triples) {
    for (const [from, request] of placesOf(triple)) {
      try {
        return createRequire(from)(request)
      } catch (error) {
        problems.push(`${request}: ${error.message}`)
      }
    }
  }
  throw new AuthError('addon_unavailable', { platform: isMusl() ? triples[1] : triples[0], problems })
}

/** Beside this file, where a build from source puts it; in the platform's package; in both once more from the working
 * directory, for bundlers that give a file another address than its own. */
function placesOf(triple) {
  const file = `logto-authkit.${triple}.node`
  const here = join(__dirname, 'binding.js')
  const workingDirectory = join(process.cwd(), 'node_modules', 'logto-authkit', 'js', 'binding.js')
  return [here, workingDirectory].flatMap((from) => [
    [from, join(from, '..', file)],
    [from, `logto-authkit-${triple}`],
  ])
}

/** Whether this is a Linux whose C library is musl, as Alpine's: only then is its loader there. */
function isMusl() {
  const loaders = { x64: 'x86_64', arm64: 'aarch64' }
  return process.platform === 'linux' && existsSync(`/lib/ld-musl-${loaders[process.arch]}.so.1`)
}

module.exports = { binding }
