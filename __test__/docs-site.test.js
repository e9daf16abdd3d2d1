'use strict'

// The site that `npm run docs` makes of docs/. Its packages are installed where they are not; where that fails, as without a
// network, the tests are skipped, and with DOCS_SITE_REQUIRED=1 in the environment they fail.

const assert = require('node:assert/strict')
const { spawnSync } = require('node:child_process')
const { existsSync, readFileSync, readdirSync, rmSync } = require('node:fs')
const { createRequire } = require('node:module')
const { join } = require('node:path')
const { before, describe, test } = require('node:test')
const { install } = require('../docs-site/install')
const { slugify, targetOf } = require('../docs-site/markdown')
const { navigation, pageFiles, pageOf, sidebar } = require('../docs-site/pages')
const { CODES } = require('./support/error-codes')

const ROOT = join(__dirname, '..')
const SITE = join(ROOT, 'target/docs-site')

const isInstalled = install({ stdio: 'pipe' })
const skip = !isInstalled && !process.env.DOCS_SITE_REQUIRED && 'the generator cannot be installed'

describe('the links of the documentation, for its site', () => {
  test('lead from page to page, with the anchor', () => {
    assert.deepEqual(targetOf('keys.md#bounds', 'docs/options.md'), { href: '/keys.md#bounds' })
    assert.deepEqual(targetOf('../keys.md', 'docs/errors/key_not_found.md'), { href: '/keys.md' })
    assert.deepEqual(targetOf('README.md', 'docs/options.md'), { href: '/index.md' })
    assert.deepEqual(targetOf('../SECURITY.md', 'docs/options.md'), { href: '/security.md' })
    assert.deepEqual(targetOf('docs/csrf.md', 'SECURITY.md'), { href: '/csrf.md' })
  })

  test('become the name of a file that the site does not have', () => {
    assert.deepEqual(targetOf('../examples/next', 'docs/nextjs.md'), { file: 'examples/next' })
    assert.deepEqual(targetOf('../README.md#speed', 'docs/nextjs.md'), { file: 'README.md' })
  })

  test('stay as they are where they leave the repository, or stay on the page', () => {
    for (const href of ['https://logto.io', 'mailto:a@b.example', '#bounds']) {
      assert.equal(targetOf(href, 'docs/keys.md'), undefined)
    }
  })

  test('fail where no file or heading is there, or outside the repository', () => {
    const dead = ['nowhere.md', '../examples/nowhere', '../../etc/passwd', 'options.md#nowhere', '#nowhere']
    for (const href of [...dead, '../README.md#nowhere']) {
      assert.throws(() => targetOf(href, 'docs/keys.md'), /docs\/keys\.md: .* leads nowhere/)
    }
  })

  test('name anchors as GitHub makes them', () => {
    assert.equal(slugify('In Logto’s console'), 'in-logtos-console')
    assert.equal(slugify("When a key's gone, `kid_1` & more"), 'when-a-keys-gone-kid_1--more')
  })
})

describe('the sidebar of the site', () => {
  const groups = sidebar()

  test('has each page once, but for the one that is the start', () => {
    const items = groups.flatMap((group) => group.items).flatMap((item) => [item, ...(item.items ?? [])])
    const pages = pageFiles().map((file) => `/${pageOf(file)}`)
    assert.deepEqual(['/index.md', ...items.map(({ link }) => link)].sort(), pages.sort())
    for (const { text } of items) assert.match(text, /^[^`[\]]+$/)
  })

  test('is that of docs/README.md, with the codes below the errors; so is the bar at the top', () => {
    const start = readFileSync(join(ROOT, 'docs/README.md'), 'utf8')
    const links = [...start.matchAll(/^\|.*$/gm)].flatMap(([row]) => [...row.split('|')[1].matchAll(/\]\((.+?)\)/g)])
    const expected = links.map(([, link]) => `/${link}`)
    const linksOf = (some) => some.flatMap(({ items }) => items.map(({ link }) => link))
    assert.deepEqual(linksOf(groups.slice(0, -1)), expected)
    assert.deepEqual(linksOf(navigation()), expected)
    const errors = groups.flatMap(({ items }) => items).find(({ link }) => link === '/errors.md')
    assert.deepEqual(errors.items.map(({ text }) => text).sort(), [...CODES].sort())
  })
})

describe('the site of the documentation', { skip, timeout: 600_000 }, () => {
  const pages = new Map()
  before(() => {
    rmSync(SITE, { recursive: true, force: true })
    const { status, stdout, stderr } = spawnSync(process.execPath, ['docs-site/build.js'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    assert.equal(status, 0, `${stdout}\n${stderr}`)
    for (const name of filesIn(SITE).filter((name) => name.endsWith('.html'))) {
      pages.set(`/${name}`, readFileSync(join(SITE, name), 'utf8'))
    }
  })

  test('has a page for each of docs/, for the project’s, and no other', () => {
    const expected = pageFiles().map((file) => `/${pageOf(file).replace(/\.md$/, '.html')}`)
    assert.deepEqual([...pages.keys()].sort(), ['/404.html', ...expected].sort())
    for (const [file, page] of sources()) {
      const [, title] = readFileSync(join(ROOT, file), 'utf8').match(/^# (.+)$/m)
      const [, heading] = page.match(/<h1[^>]*>(.*?)<a class="header-anchor"/s)
      assert.equal(textOf(heading).trim(), title.replaceAll('`', ''), file)
    }
  })

  test('has no link and no anchor that leads nowhere', () => {
    const dead = []
    let count = 0
    for (const [name, page] of pages) {
      for (const [, href] of page.matchAll(/<(?:a|link|script|img)\b[^>]*?\s(?:href|src)="([^"]*)"/g)) {
        const { origin, pathname, hash } = new URL(href.replaceAll('&amp;', '&'), `http://site.example${name}`)
        if (origin !== 'http://site.example') continue
        count += 1
        if (!hasTarget(decodeURIComponent(pathname), decodeURIComponent(hash.slice(1)))) dead.push(`${name}: ${href}`)
      }
    }
    assert.deepEqual(dead, [])
    assert.ok(count > 1_000, `${count} links`)
  })

  test('asks no other host for anything', () => {
    const tags = [...pages].flatMap(([, page]) => page.match(/<(?:link|script|img|iframe)\b[^>]*>/g))
    assert.deepEqual(
      tags.filter((tag) => /(?:href|src)="(?:https?:)?\/\//.test(tag)),
      [],
    )
    const styles = filesIn(SITE).filter((name) => name.endsWith('.css'))
    assert.ok(styles.length > 0)
    for (const name of styles)
      assert.doesNotMatch(readFileSync(join(SITE, name), 'utf8'), /(?:url\(|@import)["'\s]*(?:https?:)?\/\//)
    assert.deepEqual(
      filesIn(SITE).filter((name) => /\.(?:woff2?|ttf|otf)$/.test(name)),
      [],
    )
  })

  test('shows code in its language, headed by the file that it stands in', () => {
    let count = 0
    for (const [file, page] of sources()) {
      const fences = [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^```(\w+)(?: (.*))?\n[\s\S]*?^```$/gm)]
      const expected = fences.map(([, language, origin]) => [origin === 'run' ? undefined : origin, language])
      const shown = page.matchAll(/(?:<div class="file-of-code">([^<]*)<\/div>)?<div class="language-(\w+) /g)
      assert.deepEqual(
        [...shown].map(([, origin, language]) => [origin, language]),
        expected,
        file,
      )
      count += expected.filter(([origin]) => origin !== undefined).length
    }
    assert.ok(count >= 10)
  })

  test('names the files that it does not have, and links to none of them', () => {
    let count = 0
    for (const [file, page] of sources()) {
      const text = readFileSync(join(ROOT, file), 'utf8').replace(/^```[\s\S]*?^```$/gm, '')
      for (const [, href] of text.matchAll(/(?<!!\[[^\]]*)\]\(([^)]+)\)/g)) {
        const target = targetOf(href, file)?.file
        if (target === undefined) continue
        assert.ok(page.includes(`<code>${target}</code>`), `${file}: ${target}`)
        count += 1
      }
    }
    assert.ok(count >= 5)
  })

  test('finds the words of a page by itself', async () => {
    const MiniSearch = createRequire(join(ROOT, 'docs-site/package.json'))('minisearch')
    const [file] = filesIn(SITE).filter((name) => name.includes('localSearchIndex'))
    const code = readFileSync(join(SITE, file)).toString('base64')
    const { default: json } = await import(`data:text/javascript;base64,${code}`)
    const index = MiniSearch.loadJSON(json, { fields: ['title', 'titles', 'text'] })
    const found = index.search('audience_invalid', { combineWith: 'AND' }).map(({ id }) => id.split('#')[0])
    assert.ok(found.includes('/errors/audience_invalid.html'), found.join(' '))
    assert.ok(index.search('invalidateJwksCache').some(({ id }) => id.startsWith('/keys.html')))
  })

  /** The files of the pages, each with its page. */
  function sources() {
    return pageFiles().map((file) => [file, pages.get(`/${pageOf(file).replace(/\.md$/, '.html')}`)])
  }
})

function hasTarget(path, anchor) {
  const file = path.endsWith('/') ? `${path}index.html` : path
  if (!existsSync(join(SITE, file))) return false
  return anchor === '' || readFileSync(join(SITE, file), 'utf8').includes(` id="${anchor}"`)
}

/** The files below a folder, as paths with slashes. */
function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return entries.map(({ parentPath, name }) =>
    join(parentPath, name)
      .slice(folder.length + 1)
      .replaceAll('\\', '/'),
  )
}

function textOf(html) {
  const plain = html.replace(/<[^>]*>/g, '')
  const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' }
  return plain.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity])
}
