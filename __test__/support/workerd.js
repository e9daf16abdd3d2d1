'use strict'

// The tools of Cloudflare's users: wrangler, which bundles a Worker, and workerd, which runs the bundle.

const { execFile } = require('node:child_process')
const { existsSync } = require('node:fs')
const { readFile } = require('node:fs/promises')
const { createRequire } = require('node:module')
const { dirname, join } = require('node:path')
const { promisify } = require('node:util')

const EXAMPLE = join(__dirname, '../../examples/cloudflare-worker')
const WRANGLER = join(EXAMPLE, 'node_modules/wrangler/bin/wrangler.js')

/** Installs the example's wrangler, which depends on workerd and esbuild. */
async function installWrangler() {
  if (existsSync(WRANGLER)) return
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund']
  await promisify(execFile)('npm', args, { cwd: EXAMPLE, shell: process.platform === 'win32' })
}

/** Loads a package that wrangler depends on. */
function requireBeside(name) {
  return createRequire(WRANGLER)(name)
}

/**
 * Bundles a Worker as `wrangler deploy` does, without deploying it.
 *
 * @param {string} app the folder with the Worker and its configuration
 * @param {string} main the Worker's file there
 * @returns {Promise<{ script: string, inputs: string[], imports: string[] }>} the bundle's file, the files in it, and the
 *   modules that the runtime is to provide
 */
async function bundleWorker(app, main) {
  const out = join(app, 'dist', main)
  const metafile = join(out, 'meta.json')
  const args = [WRANGLER, 'deploy', main, '--dry-run', '--outdir', out, '--metafile', metafile]
  await runWrangler(app, args)
  const { inputs, outputs } = JSON.parse(await readFile(metafile))
  return {
    script: join(out, `${main.slice(0, main.lastIndexOf('.'))}.js`),
    inputs: Object.keys(inputs),
    imports: Object.values(outputs).flatMap((output) => output.imports.map(({ path }) => path)),
  }
}

/** Writes the types of the runtime and of the Worker's variables, `worker-configuration.d.ts`, beside the Worker. */
function generateTypes(app) {
  return runWrangler(app, [WRANGLER, 'types'])
}

function runWrangler(app, args) {
  const env = { ...process.env, CI: '1', NO_COLOR: '1', WRANGLER_SEND_METRICS: 'false' }
  return promisify(execFile)(process.execPath, args, { cwd: app, env, timeout: 120_000 })
}

/** Runs a bundle in workerd. `fetch(path, init)` sends it a request. `bindings` are the Worker's variables. */
async function startWorker(script, bindings = {}) {
  const { Miniflare } = requireBeside('miniflare')
  const worker = new Miniflare({
    modules: true,
    modulesRoot: dirname(script),
    scriptPath: script,
    compatibilityDate: '2026-04-01',
    bindings,
    host: '127.0.0.1',
    port: 0,
    // Otherwise miniflare asks Cloudflare for the `cf` of a request.
    cf: false,
  })
  const url = await worker.ready
  return {
    fetch: (path, init) => fetch(new URL(path, url), { signal: AbortSignal.timeout(60_000), ...init }),
    close: () => worker.dispose(),
  }
}

module.exports = { bundleWorker, generateTypes, installWrangler, requireBeside, startWorker }
