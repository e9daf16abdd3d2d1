'use strict'

// The code samples of README.md and docs/, and the compiler that checks them as a strict user's project would.

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { readFileSync, readdirSync } = require('node:fs')
const { mkdir, writeFile } = require('node:fs/promises')
const { isBuiltin } = require('node:module')
const { dirname, join, sep } = require('node:path')
const { promisify } = require('node:util')

const ROOT = join(__dirname, '../..')
const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true }).map((name) => join('docs', name))]
  .filter((name) => name.endsWith('.md'))
  .map((name) => name.split(sep).join('/'))

/** The languages of a fence that are code of the package's users. */
const CODE = ['js', 'ts', 'tsx', 'mjs']

/** The flags that strict users turn on, and those that have JavaScript checked, too. */
const STRICT = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  allowJs: true,
  checkJs: true,
  noEmit: true,
  skipLibCheck: true,
  module: 'nodenext',
  target: 'es2022',
  lib: ['es2023'],
  experimentalDecorators: true,
  types: ['node'],
}

/** The places where samples are compiled: beside the packages that they import. Each has a test, here by its file. */
const COMPILED_BY = {
  root: 'docs.test.js',
  frameworks: 'frameworks.test.js',
  next: 'next-app.test.js',
  'cloudflare-worker': 'bundles.test.js',
  bun: 'runtimes.test.js',
  deno: 'runtimes.test.js',
}

/** The apps whose samples compile in a place of their own: the beginning of their files' names. */
const APPS = {
  root: 'examples/getting-started/',
  next: 'examples/next/',
  'cloudflare-worker': 'examples/cloudflare-worker/',
  bun: 'examples/runtimes/bun',
  deno: 'examples/runtimes/deno',
}

/** The fenced blocks of a page: the language, the text behind the language, the line, and the code. */
function blocksOf(text) {
  return [...text.matchAll(/^```(\w*) ?(.*)\n([\s\S]*?)^```$/gm)].map(({ 1: language, 2: from, 3: code, index }) => {
    return { language, from, code, line: text.slice(0, index).split('\n').length }
  })
}

/** Every code sample of the pages. `name` says where the sample stands, `place` where it is compiled. */
function samples() {
  return PAGES.flatMap((page) =>
    blocksOf(readFileSync(join(ROOT, page), 'utf8'))
      .filter(({ language }) => CODE.includes(language))
      .map((block) => ({ ...block, page, name: `${page}:${block.line}` }))
      .map((sample) => ({ ...sample, place: placeOf(sample) })),
  )
}

/** Where all that a sample imports is installed. */
function placeOf({ from, code }) {
  const app = Object.keys(APPS).find((name) => from.startsWith(APPS[name]))
  if (app !== undefined) return app
  const text = from === 'run' || standsAlone(code) ? code : readFileSync(join(ROOT, from), 'utf8')
  const installed = packagesOf('examples/frameworks')
  return importsOf(text).every((name) => installed.includes(packageOf(name))) ? 'frameworks' : 'root'
}

/** What a text imports or requires. */
function importsOf(text) {
  return [...text.matchAll(/^(?:import\s[^'"]*|import |.*\brequire\(|\} from )['"]([^'"]+)['"]/gm)]
    .map(([, name]) => name)
    .filter((name) => !name.startsWith('.') && !isBuiltin(name))
}

function packageOf(name) {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
}

function packagesOf(folder) {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'))
  return Object.keys({ ...dependencies, ...devDependencies })
}

/** Whether a text names what it imports, and imports nothing of the folder of its file. */
function standsAlone(code) {
  return /^import |\brequire\(|\} from '/m.test(code) && !/(from |import |require\()'\./.test(code)
}

/** The name of the file that holds a sample, whose ending says what kind of module the sample is. */
function fileOf({ language, code, page, line }) {
  const isModule = /^(import|export) |^\} from '/m.test(code)
  const ending = language === 'tsx' ? '.tsx' : `.${isModule ? 'm' : 'c'}${language.slice(-2)}`
  return `${page.replaceAll('/', '-').replace(/\.md$/, '')}-${line}${ending}`
}

/**
 * Compiles the samples of a place, in a folder from which their packages resolve. A sample that stands alone is compiled as
 * the page has it; a part of a file, or one that imports its neighbours, as that whole file.
 *
 * @param {string} place
 * @param {string} folder where the samples are put
 * @param {{ at?: (file: string) => string, options?: object, files?: string[] }} settings where an example's file is, by
 *   default in this repository; compiler options, and more files of the project
 */
async function compileSamples(place, folder, { at = (file) => join(ROOT, file), options = {}, files = [] } = {}) {
  const own = samples().filter((sample) => sample.place === place)
  await mkdir(folder, { recursive: true })
  const compiled = new Map()
  for (const sample of own) {
    const isBlock = sample.from === 'run' || standsAlone(sample.code)
    const file = isBlock ? join(folder, fileOf(sample)) : at(sample.from)
    if (isBlock) await writeFile(file, sample.code)
    compiled.set(sample.name, file)
  }
  const project = join(folder, 'tsconfig.json')
  const compilerOptions = { ...STRICT, ...options }
  await writeFile(project, JSON.stringify({ compilerOptions, files: [...new Set([...compiled.values(), ...files])] }))
  const { errors, listed } = await runCompiler(project)
  assert.deepEqual(errors, [])
  assert.ok(compiled.size > 0)
  for (const [name, file] of compiled) assert.ok(listed.includes(file), `${name} is not compiled`)
}

/** The errors of a project, but those of other packages' types, and the files that were compiled. */
async function runCompiler(project) {
  const args = [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project, '--listFiles', '--pretty', 'false']
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: dirname(project),
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error) => error)
  const lines = stdout.split('\n')
  const errors = lines.filter((line) => /error TS\d+/.test(line) && !line.includes('node_modules/'))
  return { errors, listed: lines }
}

module.exports = { CODE, COMPILED_BY, PAGES, ROOT, blocksOf, compileSamples, samples }
