'use strict'

// Apps of Next.js 15 and 16, with both bundlers, each kind of middleware, with and without configuration. Each app is
// built, started and sent requests. The tests have one cell, which differs in everything from the app of next-app.test.js:
// Next.js 16 with Turbopack, a proxy and the example's configuration. `node scripts/next-matrix.js` runs all cells.

const assert = require('node:assert/strict')
const { mkdtemp, readFile, realpath, rm } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { build, createApp, startNext, startStandalone } = require('./support/next-app')
const { EDGE_ROUTE, answersOf, expectedAnswers } = require('./support/next-places')
const { packEverything } = require('./support/tarballs')
const { startTenant } = require('./support/tenant')
const { WITHOUT_ADDON } = require('./support/without-addon')

const CELLS = [{ version: 15, bundler: 'webpack', guard: 'Edge middleware', config: 'none', layout: 'npm' }]

/** All cells. Next.js 15 with Turbopack and pnpm is left out: its standalone output lacks what pnpm links to. */
const FULL = [15, 16].flatMap((version) =>
  ['webpack', 'turbopack'].flatMap((bundler) =>
    [...(version === 16 ? ['proxy'] : []), 'Node.js middleware', 'Edge middleware'].flatMap((guard) => [
      { version, bundler, guard, config: 'none', layout: 'npm' },
      { version, bundler, guard, config: 'withLogtoAuth', layout: 'npm' },
      ...(version === 15 && bundler === 'turbopack'
        ? []
        : [{ version, bundler, guard, config: 'withLogtoAuth', layout: 'pnpm' }]),
    ]),
  ),
)

const asMiddleware = (proxy) => proxy.replace('function proxy', 'function middleware')

/** Changes that turn the example's proxy.ts into the guard of a cell. Next.js 15 knows no proxy.ts. */
const GUARDS = {
  proxy: () => ({}),
  'Node.js middleware': (proxy) => ({
    'proxy.ts': () => undefined,
    'middleware.ts': () => asMiddleware(proxy).replace('config = {', "config = { runtime: 'nodejs',"),
  }),
  'Edge middleware': (proxy) => ({
    'proxy.ts': () => undefined,
    'middleware.ts': () => asMiddleware(proxy),
  }),
}

/** Without a root, Next.js takes the topmost folder with a lock file for it, and one may lie above the temporary folder. */
const STANDALONE = "output: 'standalone', outputFileTracingRoot: process.cwd()"

const CONFIGS = {
  none: {
    'next.config.ts': () => undefined,
    'next.config.js': () => `module.exports = { ${STANDALONE}, typescript: { ignoreBuildErrors: true } }\n`,
  },
  withLogtoAuth: {
    'next.config.ts': () => undefined,
    'next.config.mjs': () => `
      import { withLogtoAuth } from 'logto-authkit/next'
      export default withLogtoAuth(async () => ({ ${STANDALONE} }))\n`,
    // Next.js writes its own tsconfig.json. In version 15 it resolves types like Node.js 10, without "exports".
    'tsconfig.json': () => undefined,
  },
}

describe('A Next.js app', { timeout: 7_200_000 }, () => {
  let folder
  let tarballs
  let tenant
  let proxy

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'logto-authkit-')))
    tarballs = await packEverything(folder)
    tenant = await startTenant()
    proxy = await readFile(join(__dirname, '../examples/next/proxy.ts'), 'utf8')
  })
  after(async () => {
    await tenant?.close()
    await rm(folder, { recursive: true })
  })

  for (const cell of chosenCells()) {
    const { version, bundler, guard, config } = cell
    describe(nameOf(cell), () => {
      let app
      before(async () => {
        const changes = { ...EDGE_ROUTE, ...GUARDS[guard](proxy), ...CONFIGS[config] }
        app = await createApp(folder, { tarballs, version, layout: cell.layout, changes })
        await build(app, version, bundler)
      })
      after(() => app && rm(app, { recursive: true }))

      const withServer = async (start, use) => {
        const server = await start()
        try {
          await use(server)
        } finally {
          await server.stop()
        }
      }

      test('verifies everywhere under next start', () =>
        withServer(
          () => startNext(app, tenant),
          async (server) => {
            assert.deepEqual(await answersOf(server, tenant), expectedAnswers(), server.log)
            assert.doesNotMatch(server.log, /verifies with its portable engine/)
          },
        ))

      test('verifies everywhere from standalone output, away from node_modules', () =>
        withServer(
          () => startStandalone(app, folder, tenant),
          async (server) => {
            assert.deepEqual(await answersOf(server, tenant), expectedAnswers(), server.log)
            assert.doesNotMatch(server.log, /verifies with its portable engine/)
          },
        ))

      test('verifies everywhere without the addon, and says what to do', () =>
        withServer(
          () => startNext(app, tenant, { NODE_OPTIONS: WITHOUT_ADDON }),
          async (server) => {
            assert.deepEqual(await answersOf(server, tenant), expectedAnswers(), server.log)
            assert.match(server.log, /The native addon of logto-authkit did not load/)
            assert.equal(/withLogtoAuth from logto-authkit\/next/.test(server.log), config === 'none')
          },
        ))
    })
  }
})

function chosenCells() {
  const pattern = process.env.NEXT_MATRIX
  return pattern === undefined ? CELLS : FULL.filter((cell) => new RegExp(pattern).test(nameOf(cell)))
}

function nameOf({ version, bundler, guard, config, layout }) {
  return `of ${version}, ${bundler}, ${guard}, ${layout}, configuration: ${config}`
}
