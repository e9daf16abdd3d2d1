'use strict'

// The documents for maintainers, and SECURITY.md, name files, functions, constants and commands. All of them have to exist.

const assert = require('node:assert/strict')
const { readFileSync, readdirSync } = require('node:fs')
const { join } = require('node:path')
const { describe, test } = require('node:test')
const { scripts } = require('../package.json')

const ROOT = join(__dirname, '..')
const PAGES = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'RELEASING.md', 'CHANGELOG.md', 'SECURITY.md']
const FOLDERS = [
  ...['src', 'js', '__test__', 'tests', 'fuzz', 'docs', 'docs-site', 'bench', 'examples', 'scripts', 'tools'],
  ...['.cargo', '.github', '.ci'],
]

/** The ending that makes a word the name of a file. */
const FILE = /\.(?:rs|js|mts|ts|json|jsonl|toml|lock|md|sh|yml)$/
const NO_FILES = ['Node.js', 'Next.js', '.d.ts']

const files = [...readdirSync(ROOT), ...FOLDERS.flatMap((folder) => filesIn(folder))]
const code = files
  .filter((file) => /\.(?:rs|js|d\.ts)$/.test(file))
  .map((file) => read(file))
  .join('\n')

describe('the maintainers’ pages name only what exists:', () => {
  for (const page of PAGES) {
    const text = read(page)

    test(`the files and folders of ${page}`, () => {
      const words = text.match(/[\w.*/-]+/g).map((word) => word.replace(/\.$/, '').replace(/\*.*$/, ''))
      const isPath = (word) => FILE.test(word) || FOLDERS.some((folder) => word.startsWith(`${folder}/`))
      const exists = (word) =>
        files.some((file) => `/${file}`.endsWith(`/${word}`) || file.startsWith(word.replace(/\/?$/, '/')))
      const missing = words.filter((word) => isPath(word) && !exists(word) && !NO_FILES.includes(word))
      assert.deepEqual(missing, [])
    })

    test(`the functions and constants of ${page}`, () => {
      const functions = [...text.matchAll(/(\w+)\(\)/g)].map(([, name]) => [name, `\\b${name}[(<]`])
      const constants = [...text.matchAll(/\b(?:[A-Z]+_)+[A-Z]+\b/g)].map(([name]) => [name, `\\b${name}\\b`])
      const missing = [...functions, ...constants].filter(([, pattern]) => !new RegExp(pattern).test(code))
      assert.deepEqual(missing, [])
    })

    test(`the commands of ${page}`, () => {
      const commands = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name)
      const missing = commands.filter((name) => !Object.hasOwn(scripts, name))
      assert.deepEqual(missing, [])
    })
  }

  test('the Rust files that the portable engine mirrors; ARCHITECTURE.md lists each of them', () => {
    const heads = filesIn('js/engines/portable').map((file) => read(file).slice(0, 600))
    const mirrored = heads.flatMap((head) => head.match(/\bsrc\/[\w/]+\.rs/g) ?? [])
    assert.ok(mirrored.length >= 10)
    const table = read('ARCHITECTURE.md')
    for (const file of mirrored) assert.ok(files.includes(file) && table.includes(`| \`${file}\``), file)
  })
})

function read(file) {
  return readFileSync(join(ROOT, file), 'utf8')
}

/** The files below a folder, as paths from the root, without what is installed or built there. */
function filesIn(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory())
      return ['node_modules', 'target', 'dist', '.next'].includes(entry.name) ? [] : filesIn(path)
    return [path]
  })
}
