// What the Markdown of the repository, which is written for GitHub, takes to be right in the site.

const { existsSync, readFileSync } = require('node:fs')
const { join, posix, relative } = require('node:path')
const { ROOT, pageOf } = require('./pages')

/**
 * A heading's anchor as GitHub makes it, since links name that.
 *
 * @param {string} heading
 */
function slugify(heading) {
  const plain = heading.trim().toLowerCase()
  return plain.replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-')
}

/**
 * Where a link of a file leads: to a page of the site, as `href`, or to a file of the repository that is no page, as `file`;
 * undefined where the link leaves the repository or stays on its page.
 *
 * @param {string} href
 * @param {string} from the file, as a path from the root of the repository
 * @throws {Error} where nothing is there, be it the file or the heading
 */
function targetOf(href, from) {
  if (/^(?:[a-z][a-z+.-]*:|\/\/)/i.test(href)) return undefined
  const [path, hash] = href.split('#')
  const file = path === '' ? from : posix.join(posix.dirname(from), decodeURI(path))
  const isThere = !file.startsWith('../') && existsSync(join(ROOT, file))
  if (!isThere || !(hash === undefined || anchorsIn(file).includes(hash)))
    throw new Error(`${from}: ${href} leads nowhere`)
  if (path === '') return undefined
  const page = pageOf(file)
  return page === undefined ? { file } : { href: `/${page}${hash === undefined ? '' : `#${hash}`}` }
}

/** The anchors of a file's headings; of two that are equal, the second has a number. */
function anchorsIn(file) {
  const text = readFileSync(join(ROOT, file), 'utf8').replace(/^```[\s\S]*?^```$/gm, '')
  const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    slugify(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '')),
  )
  return anchors.map((anchor, index) => {
    const before = anchors.slice(0, index).filter((other) => other === anchor).length
    return before === 0 ? anchor : `${anchor}-${before}`
  })
}

/**
 * A plugin of markdown-it. A link from page to page becomes one within the site; a link to another file of the repository, which
 * the site does not have, becomes the file's name. A block of code that stands in a file is headed by the file's name.
 *
 * @param {any} md
 */
function githubMarkdown(md) {
  md.disable('emoji', true)
  md.core.ruler.push('links-of-the-repository', ({ tokens, env, Token }) => {
    const from = relative(ROOT, env.realPath ?? env.path).replaceAll('\\', '/')
    for (const token of tokens) if (token.type === 'inline') token.children = withTargets(token.children, from, Token)
  })
  const { fence } = md.renderer.rules
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const code = fence(tokens, index, ...rest)
    const [, origin = 'run'] = tokens[index].info.trim().split(/\s+/)
    return origin === 'run' ? code : `<div class="file-of-code" v-pre>${md.utils.escapeHtml(origin)}</div>${code}`
  }
}

function withTargets(tokens, from, Token) {
  const result = []
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index]
    // Those of headings to themselves are the generator's.
    const isOurs = token.type === 'link_open' && token.attrGet('class') !== 'header-anchor'
    const target = isOurs ? targetOf(token.attrGet('href'), from) : undefined
    if (target?.file === undefined) {
      if (target !== undefined) token.attrSet('href', target.href)
      result.push(token)
      continue
    }
    const end = tokens.findIndex(({ type }, at) => at > index && type === 'link_close')
    result.push(...nameOf(target.file, tokens.slice(index + 1, end), Token))
    index = end
  }
  return result
}

/** The name of a file in place of a link's text, or behind a text that is another. */
function nameOf(file, text, Token) {
  const code = Object.assign(new Token('code_inline', 'code', 0), { content: file, markup: '`' })
  const isName = `/${file}`.endsWith(`/${text.map(({ content }) => content).join('')}`)
  return isName ? [code] : [...text, textToken(' (', Token), code, textToken(')', Token)]
}

function textToken(content, Token) {
  return Object.assign(new Token('text', '', 0), { content })
}

module.exports = { githubMarkdown, slugify, targetOf }
