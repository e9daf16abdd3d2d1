'use strict'

// What users install, from a registry, into empty folders, by each package manager: the app that they then start verifies.

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { promisify } = require('node:util')
const { PLATFORMS, addonName, pack } = require('../tools/pack')
const { startRegistry, toolIn } = require('../tools/registry')
const { findRuntime } = require('../tools/runtime')
const { startApp } = require('./frameworks/start')
const { ROOT, hostPlatform, withoutRust } = require('./support/tarballs')
const { startTenant } = require('./support/tenant')

const PORTABLE = /\[LOGTO_AUTHKIT_PORTABLE_ENGINE\].* Install the package logto-authkit-/g

const ESM = `
  import express from 'express'
  import { createExpressAuthMiddleware } from 'logto-authkit/server'

  const app = express()
  const options = { logtoUrl: process.env.LOGTO_URL, audience: process.env.AUDIENCE }
  app.get('/me', createExpressAuthMiddleware(options), (req, res) => res.json({ userId: req.auth.userId }))
  const server = app.listen(0, () => console.log('Listening on port ' + server.address().port))`

const TYPESCRIPT = `
  import { createServer } from 'node:http'
  import type { AddressInfo } from 'node:net'
  import { AuthError, createVerifier, type Verifier } from 'logto-authkit'

  const verifier: Verifier = createVerifier({ logtoUrl: process.env.LOGTO_URL!, audience: process.env.AUDIENCE! })
  const server = createServer(async (req, res) => {
    try {
      const { userId } = await verifier.verify(req)
      res.end(JSON.stringify({ userId }))
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
      res.writeHead(error.status, error.headers).end(JSON.stringify(error))
    }
  })
  server.listen(0, () => console.log('Listening on port ' + (server.address() as AddressInfo).port))`

const COMPILE = [
  ...['--module', 'nodenext', '--target', 'es2022', '--strict'],
  ...['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')],
]

const run = promisify(execFile)

describe('from a registry', { timeout: 900_000 }, () => {
  let folder
  let platform
  let registry
  let tenant
  let env
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'logto-authkit-')))
    platform = await hostPlatform()
    registry = await startRegistry(folder)
    for (const directory of pack(join(folder, 'packages'), Object.keys(PLATFORMS), await addons())) {
      await registry.publish(directory)
    }
    tenant = await startTenant()
    env = withoutRust({
      CI: '1',
      DENO_DIR: join(folder, 'deno'),
      NPM_CONFIG_REGISTRY: registry.url,
      npm_config_registry: registry.url,
      npm_config_cache: join(folder, 'npm-cache'),
      YARN_CACHE_FOLDER: join(folder, 'yarn-cache'),
      YARN_GLOBAL_FOLDER: join(folder, 'yarn'),
      YARN_ENABLE_TELEMETRY: '0',
      YARN_ENABLE_GLOBAL_CACHE: '0',
      YARN_ENABLE_IMMUTABLE_INSTALLS: '0',
      YARN_NPM_REGISTRY_SERVER: registry.url,
      YARN_REGISTRY: registry.url,
      YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
      BUN_INSTALL_CACHE_DIR: join(folder, 'bun-cache'),
    })
  })
  after(async () => {
    registry?.close()
    await tenant?.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  /** The addons of all platforms; those of others are none, as nobody here loads them. */
  const addons = async () => {
    const target = join(folder, 'addons')
    await mkdir(target)
    for (const name of Object.keys(PLATFORMS)) await writeFile(join(target, addonName(name)), 'for another platform')
    await cp(join(ROOT, 'js/engines/native', addonName(platform)), join(target, addonName(platform)))
    return target
  }

  /** An empty folder of an app, with these files beside a package.json. */
  const emptyApp = async (files = {}) => {
    const app = await mkdtemp(join(folder, 'app-'))
    const contents = { 'package.json': '{ "private": true }', ...files }
    for (const [name, text] of Object.entries(contents)) {
      await mkdir(join(app, name, '..'), { recursive: true })
      await writeFile(join(app, name), text)
    }
    return app
  }

  const command = (app, program, ...args) => {
    return run(program, args, { cwd: app, env, timeout: 300_000 }).catch(({ message, stdout }) => {
      throw new Error(`${message}${stdout}`)
    })
  }
  const npm = (app, ...args) => command(app, 'npm', ...args, '--no-audit', '--no-fund')

  /** Starts an app and asks it: a good token is let in, no other is. The engine shows in what it warns of. */
  const verifies = async (app, file, engine = 'native', how = {}) => {
    const { url, logOf, stop } = await startApp(app, file, tenant, how)
    try {
      const ask = (token) => fetch(`${url}/me`, { headers: { authorization: `Bearer ${token}` } })
      const accepted = await ask(await tenant.issue())
      assert.deepEqual([accepted.status, await accepted.json()], [200, { userId: 'user-1' }])
      const refused = await ask(await tenant.issue({ claims: { aud: 'https://other.example.com' } }))
      assert.deepEqual([refused.status, (await refused.json()).code], [401, 'audience_invalid'])
      const warnings = logOf().match(PORTABLE) ?? []
      assert.equal(warnings.length, engine === 'native' ? 0 : 1, logOf())
    } finally {
      stop()
    }
  }

  /** The app of the README, in CommonJS, and the same as an ES module. */
  const verifiesBoth = async (app, engine, how) => {
    await cp(join(ROOT, 'examples/frameworks/express-5.js'), join(app, 'app.cjs'))
    await writeFile(join(app, 'app.mjs'), ESM)
    for (const file of ['app.cjs', 'app.mjs']) await verifies(app, file, engine, how)
  }

  describe('npm', () => {
    let app
    before(async () => {
      app = await emptyApp()
      await npm(app, 'install', 'logto-authkit', 'express')
    })

    test('installs what the README says, for CommonJS and ES modules', () => verifiesBoth(app, 'native'))

    test('installs types that TypeScript compiles an app with', async () => {
      await writeFile(join(app, 'typed.mts'), TYPESCRIPT)
      await command(app, process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), 'typed.mts', ...COMPILE)
      await verifies(app, 'typed.mjs')
    })

    test('installs the same from the lock file', async () => {
      await npm(app, 'ci')
      await verifiesBoth(app, 'native')
    })

    test('without optional dependencies, the app verifies with the portable engine and warns once', async () => {
      await npm(app, 'ci', '--omit=optional')
      await verifiesBoth(app, 'portable')
    })

    test('mends a lock file that lacks this platform, as npm has made them (npm/cli#4828)', async () => {
      const lock = JSON.parse(await readFile(join(app, 'package-lock.json'), 'utf8'))
      delete lock.packages[`node_modules/logto-authkit-${platform}`]
      const foreign = await emptyApp({
        'package.json': await readFile(join(app, 'package.json'), 'utf8'),
        'package-lock.json': JSON.stringify(lock),
      })
      await npm(foreign, 'install')
      await verifiesBoth(foreign, 'native')
    })

    test('with a lock file that was made on another platform, the app verifies natively', async () => {
      const foreign = await emptyApp()
      await npm(foreign, 'install', 'logto-authkit', 'express', '--os=darwin', '--cpu=arm64')
      await npm(foreign, 'ci')
      await verifiesBoth(foreign, 'native')
    })
  })

  /** By default, pnpm takes nothing that is as new as these packages; so do Yarn and Deno. */
  const PNPM = 'minimumReleaseAge: 0\n'
  const pnpm = (app, ...args) => {
    return command(
      app,
      process.execPath,
      toolIn('pnpm/bin/pnpm.mjs'),
      ...args,
      '--registry',
      registry.url,
      '--store-dir',
      join(folder, 'pnpm-store'),
    )
  }
  const DEPENDENCIES = JSON.stringify({ private: true, dependencies: { express: '*', 'logto-authkit': '*' } })

  for (const linker of ['isolated', 'hoisted']) {
    test(`pnpm installs into a workspace, ${linker}`, async () => {
      const app = await emptyApp({
        'pnpm-workspace.yaml': `${PNPM}packages: [api]\nnodeLinker: ${linker}\n`,
        'api/package.json': DEPENDENCIES,
      })
      await pnpm(app, 'install', '--no-frozen-lockfile')
      await verifiesBoth(join(app, 'api'))
    })
  }

  test('Yarn 1 installs', async () => {
    const app = await emptyApp({ 'package.json': DEPENDENCIES })
    await command(app, process.execPath, toolIn('yarn/bin/yarn.js'), 'install', '--non-interactive')
    await verifiesBoth(app)
  })

  /** What `yarn node` gives Node.js. */
  const PNP = ['--require', './.pnp.cjs', '--loader', './.pnp.loader.mjs', '--no-warnings=ExperimentalWarning']
  for (const linker of ['node-modules', 'pnp']) {
    test(`Yarn 4 installs, as ${linker}`, async () => {
      const app = await emptyApp({
        'package.json': DEPENDENCIES,
        '.yarnrc.yml': `nodeLinker: ${linker}\nnpmMinimalAgeGate: 0\n`,
      })
      const yarn = [process.execPath, toolIn('@yarnpkg/cli-dist/bin/yarn.js')]
      await command(app, ...yarn, 'install')
      await verifiesBoth(app, 'native', { command: [process.execPath, ...(linker === 'pnp' ? PNP : [])] })
    })
  }

  const bun = findRuntime('bun')
  test('Bun installs, for itself and for Node.js', { skip: bun ? false : 'there is no bun' }, async () => {
    const app = await emptyApp({ 'package.json': DEPENDENCIES })
    await command(app, bun, 'install')
    await verifiesBoth(app)
    await verifiesBoth(app, 'native', { command: [bun, 'run'] })
  })

  const deno = findRuntime('deno')
  test('Deno adds it to an app without node_modules', { skip: deno ? false : 'there is no deno' }, async () => {
    const app = await emptyApp()
    await rm(join(app, 'package.json'))
    await command(app, deno, 'add', '--minimum-dependency-age=0', 'npm:logto-authkit', 'npm:express')
    await writeFile(join(app, 'app.mjs'), `import process from 'node:process'\n${ESM}`)
    await verifies(app, 'app.mjs', 'native', { command: [deno, 'run', '-A', '--minimum-dependency-age=0'] })
  })
})
