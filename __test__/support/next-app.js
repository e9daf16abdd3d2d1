'use strict'

const { execFile, spawn } = require('node:child_process')
const { once } = require('node:events')
const { existsSync } = require('node:fs')
const { cp, link, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, writeFile } = require('node:fs/promises')
const { dirname, join, relative } = require('node:path')
const { promisify } = require('node:util')
const { freePort } = require('../../tools/free-port')
const { installOffline } = require('./tarballs')

const EXAMPLE = join(__dirname, '../../examples/next')

/** The folders with each version of Next.js. */
const INSTALLED = { 15: join(__dirname, '../next-15'), 16: EXAMPLE }

const SOURCES = ['.env', 'app', 'lib', 'next.config.ts', 'pages', 'proxy.ts', 'tsconfig.json']

/**
 * Copies the app of examples/next to a folder of its own, without links to the outside. Our packages are laid out as
 * npm or pnpm does it. `changes` are functions of a file's text, by path; a function that returns undefined removes the
 * file.
 */
async function createApp(folder, { tarballs, version, layout = 'npm', changes = {} }) {
  const app = await mkdtemp(join(folder, 'next-'))
  await installNext(INSTALLED[version])
  const modules = join(app, 'node_modules')
  await linkTree(join(INSTALLED[version], 'node_modules'), modules)
  const ours = await installOffline(folder, [...tarballs.dependencies, tarballs.main, tarballs.addon])
  await rename(join(ours, 'node_modules'), join(modules, '.ours'))
  await LAYOUTS[layout](modules, tarballs.platform)
  await rm(join(modules, '.ours'), { recursive: true })

  for (const source of SOURCES) await cp(join(EXAMPLE, source), join(app, source), { recursive: true })
  await writeFile(join(app, 'package.json'), '{ "private": true }')
  for (const [path, change] of Object.entries(changes)) {
    const file = join(app, path)
    const text = change(existsSync(file) ? await readFile(file, 'utf8') : '')
    await mkdir(dirname(file), { recursive: true })
    await (text === undefined ? rm(file) : writeFile(file, text))
  }
  return app
}

const LAYOUTS = {
  async npm(modules) {
    for (const name of await readdir(join(modules, '.ours'))) {
      await rm(join(modules, name), { recursive: true, force: true })
      await rename(join(modules, '.ours', name), join(modules, name))
    }
  },
  /** The store has one folder for each package, with links to the folders of its dependencies. */
  async pnpm(modules, platform) {
    const store = join(modules, '.pnpm')
    const addon = `logto-authkit-${platform}`
    const { version } = JSON.parse(await readFile(join(modules, '.ours/logto-authkit/package.json')))
    const place = async (name, owner) => {
      await mkdir(join(store, owner, 'node_modules'), { recursive: true })
      await rename(join(modules, '.ours', name), join(store, owner, 'node_modules', name))
    }
    const linkTo = async (path, target) => {
      await rm(path, { recursive: true, force: true })
      await symlink(relative(dirname(path), target), path)
    }
    for (const name of ['logto-authkit', 'cookie', 'jose']) await place(name, `logto-authkit@${version}`)
    await place(addon, `${addon}@${version}`)
    const main = join(store, `logto-authkit@${version}`, 'node_modules')
    await linkTo(join(main, addon), join(store, `${addon}@${version}`, 'node_modules', addon))
    await linkTo(join(modules, 'logto-authkit'), join(main, 'logto-authkit'))
  },
}

async function installNext(folder) {
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(folder, 'package.json')))
  const names = Object.keys({ ...dependencies, ...devDependencies })
  if (names.every((name) => existsSync(join(folder, 'node_modules', name)))) return
  await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, timeout: 240_000 })
}

/** Links the files of a tree. Our packages are left out, since npm has installed them from the repository. */
async function linkTree(from, to) {
  await mkdir(to, { recursive: true })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory() && !/^(logto-authkit|\.bin)/.test(entry.name)) await linkTree(source, target)
    else if (entry.isFile()) await link(source, target).catch(() => cp(source, target))
  }
}

async function build(app, version, bundler) {
  // Each version has one bundler by default, and needs a flag for the other.
  const flags = { 15: { webpack: [], turbopack: ['--turbopack'] }, 16: { webpack: ['--webpack'], turbopack: [] } }
  const args = [next(app), 'build', ...flags[version][bundler]]
  const options = { cwd: app, env: environment(), timeout: 900_000, killSignal: 'SIGKILL' }
  await promisify(execFile)(process.execPath, args, options).catch((error) => {
    throw new Error(`next build failed: ${error.stdout}${error.stderr}`)
  })
}

function environment(changes) {
  return { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...changes }
}

function next(app) {
  return join(app, 'node_modules/next/dist/bin/next')
}

/** Runs `next start` for a tenant, in an environment with these changes, or those that a function gives for the port. Resolves
 * once the server listens. */
async function startNext(app, tenant, changes) {
  return serve(app, (port) => [next(app), 'start', '-H', '127.0.0.1', '-p', port], tenant, changes)
}

/** Runs the server of `output: 'standalone'`, in a copy from which the app's packages cannot be resolved. */
async function startStandalone(app, folder, tenant) {
  const alone = await mkdtemp(join(folder, 'standalone-'))
  await cp(join(app, '.next/standalone'), alone, { recursive: true, verbatimSymlinks: true })
  return serve(alone, () => ['server.js'], tenant)
}

/** Starts a server on a free port. Tries again if another process has taken the port in the meantime. */
async function serve(cwd, argsOf, tenant, changes) {
  for (let attempt = 1; ; attempt++) {
    const port = String(await freePort())
    try {
      return await listening(cwd, argsOf(port), port, tenant, changes)
    } catch (error) {
      if (attempt === 3 || !/EADDRINUSE/.test(error.message)) throw error
    }
  }
}

async function listening(cwd, args, port, { logtoUrl, audience }, changes) {
  const own = typeof changes === 'function' ? await changes(port) : changes
  const env = environment({ PORT: port, HOSTNAME: '127.0.0.1', LOGTO_URL: logtoUrl, AUDIENCE: audience, ...own })
  const child = spawn(process.execPath, args, { cwd, env })
  const stop = () => child.kill('SIGKILL')
  process.once('exit', stop)
  const server = { log: '' }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (server.log += text))
  await new Promise((resolve, reject) => {
    child.stdout.on('data', () => /Ready/.test(server.log) && resolve())
    child.once('exit', (code) => reject(new Error(`${args} ended with ${code}: ${server.log}`)))
    setTimeout(() => reject(new Error(`${args} is not ready: ${server.log}`)), 60_000).unref()
  }).catch((error) => {
    stop()
    throw error
  })
  server.stop = async () => {
    process.off('exit', stop)
    stop()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  server.fetch = (path, options) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
      ...options,
    }).catch((error) => {
      throw new Error(`${path}: ${error.message}: ${error.cause}: ${server.log}`)
    })
  server.get = (path, headers = {}) => server.fetch(path, { headers })
  return server
}

module.exports = { build, createApp, startNext, startStandalone }
