// Which Markdown files of the repository are pages of the site, and how its sidebar groups them: as docs/README.md does.

const { existsSync, readFileSync, readdirSync } = require('node:fs')
const { join, posix } = require('node:path')

const ROOT = join(__dirname, '..')
const HOME = 'docs/README.md'
const ERRORS = 'docs/errors.md'

/** The pages from outside docs/ that pages there lead to: their names in the site and in its sidebar. */
const PROJECT = {
  'SECURITY.md': ['security.md', 'Security'],
  'bench/RESULTS.md': ['benchmarks.md', 'Benchmarks'],
  'CHANGELOG.md': ['changelog.md', 'Changelog'],
}

/** The Markdown files that are no pages, as patterns. The first keeps the search out of large folders. */
const EXCLUDED = ['!(docs|bench)/**/*', 'bench/*/**', 'bench/!(RESULTS).md', '!(SECURITY|CHANGELOG).md']

/** A link to another page in Markdown. */
const LINK = /\[([^\]]+)\]\(([\w/-]+\.md)\)/g

/**
 * The page that a file becomes, as a path from the root of the site; undefined where it becomes none.
 *
 * @param {string} file as a path from the root of the repository, with slashes
 */
function pageOf(file) {
  if (file === HOME) return 'index.md'
  if (Object.hasOwn(PROJECT, file)) return PROJECT[file][0]
  return file.startsWith('docs/') && file.endsWith('.md') ? file.slice('docs/'.length) : undefined
}

/** The files that become pages, as paths from the root of the repository. */
function pageFiles() {
  const names = readdirSync(join(ROOT, 'docs'), { recursive: true }).filter((name) => name.endsWith('.md'))
  return [...names.map((name) => `docs/${name.replaceAll('\\', '/')}`), ...Object.keys(PROJECT)].sort()
}

/**
 * The groups of the sidebar: the tables of docs/README.md, the pages of the codes below that of the errors, and the project's.
 *
 * @throws {Error} where a page stands in no table, so that nobody would find it
 */
function sidebar() {
  const groups = [...groupsIn(HOME), { text: 'Project', items: Object.keys(PROJECT).map((file) => itemOf(file)) }]
  const listed = groups.flatMap(({ items }) => items.flatMap((item) => [item, ...(item.items ?? [])]))
  const links = new Set(['/index.md', ...listed.map(({ link }) => link)])
  const lost = pageFiles().filter((file) => !links.has(linkTo(file)))
  if (lost.length > 0) throw new Error(`${HOME} or ${ERRORS} has no row for ${lost.join(', ')}`)
  return groups
}

/** The same for the bar at the top, which has no levels and no room for the project. */
function navigation() {
  return groupsIn(HOME).map(({ text, items }) => ({ text, items: items.map(({ text, link }) => ({ text, link })) }))
}

/** The tables of a file, each with its links. A table is called as the heading before it or, without one, its first cell. */
function groupsIn(file) {
  const groups = []
  let heading
  for (const block of read(file).split(/\n{2,}/)) {
    if (/^##+ /.test(block)) heading = block.replace(/^#+ /, '').split('\n')[0]
    if (!block.startsWith('|')) continue
    const [head, , ...rows] = block.trimEnd().split('\n')
    const items = rows.flatMap((row) => linksIn(firstCell(row))).map(([text, link]) => itemOf(beside(file, link), text))
    if (items.length === 0) continue
    groups.push({ text: capitalized(heading ?? firstCell(head)), items })
    heading = undefined
  }
  return groups
}

/**
 * @param {string} file
 * @param {string} [text] by default what the file is called in the sidebar
 */
function itemOf(file, text = PROJECT[file]?.[1]) {
  const item = { text: text.startsWith('`') ? text.replaceAll('`', '') : capitalized(text), link: linkTo(file) }
  return file === ERRORS ? { ...item, collapsed: true, items: codeItems() } : item
}

/** The pages of the error codes, in the order of the overview's table. */
function codeItems() {
  return groupsIn(ERRORS).flatMap(({ items }) => items)
}

function linkTo(file) {
  const page = pageOf(file)
  if (page === undefined || !existsSync(join(ROOT, file))) throw new Error(`${file} is not a page`)
  return `/${page}`
}

function beside(file, link) {
  return posix.join(posix.dirname(file), link)
}

function linksIn(text) {
  return [...text.matchAll(LINK)].map(([, label, target]) => [label, target])
}

function firstCell(row) {
  return row.split('|')[1].trim()
}

/** A text with a capital at its beginning, but for a name that has its capitals elsewhere, such as tRPC. */
function capitalized(text) {
  return text.replace(/^[a-z]+(?![A-Za-z])/, (word) => word[0].toUpperCase() + word.slice(1))
}

function read(file) {
  return readFileSync(join(ROOT, file), 'utf8')
}

module.exports = { EXCLUDED, ROOT, navigation, pageFiles, pageOf, sidebar }
