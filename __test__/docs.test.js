'use strict'

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { existsSync, mkdirSync, readFileSync } = require('node:fs')
const { mkdtemp, rm, writeFile } = require('node:fs/promises')
const { dirname, join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { promisify } = require('node:util')
const { CODES } = require('./support/error-codes')
const { CODE, COMPILED_BY, PAGES, ROOT, blocksOf, compileSamples, samples } = require('./support/samples')
const { startTenant } = require('./support/tenant')

/** The pages of the frameworks, and the headings that begin each of them. */
const GUIDES = [
  'express',
  'nextjs',
  'fastify',
  'koa',
  'hono',
  'node-http',
  'nestjs',
  'trpc',
  'graphql',
  'websocket',
  'api-gateway',
  'cloudflare-workers',
  'runtimes',
  'mcp',
]
const QUESTIONS = [
  'Guard a route',
  'Require a scope or an organization',
  'Answer in your own format',
  'Guests',
  'Test it',
  'Go live',
]

describe('the documentation', { timeout: 120_000 }, () => {
  let tenant
  let folder
  before(async () => {
    tenant = await startTenant()
    // The folder is within the package, so that the package's own name resolves to the package.
    mkdirSync(join(ROOT, 'target'), { recursive: true })
    folder = await mkdtemp(join(ROOT, 'target/docs-'))
  })
  after(async () => {
    await tenant?.close()
    await rm(folder, { recursive: true })
  })

  for (const page of PAGES) {
    const blocks = blocksOf(readFileSync(join(ROOT, page), 'utf8'))

    for (const [index, block] of blocks.entries()) {
      const { language, from, line, code } = block
      if (!CODE.includes(language)) continue
      const next = blocks[index + 1]
      const output = next?.language === 'text' ? next.code : undefined

      if (from === 'run') {
        test(`${page}:${line} runs${output === undefined ? '' : ' and prints what it says'}`, async () => {
          const stdout = await run(folder, block, tenant)
          if (output !== undefined) assert.equal(stdout, output)
        })
      } else {
        test(`${page}:${line} is code that another test runs`, () => {
          assert.ok(from, 'where it comes from stands behind the language: "run", or a file that has it word for word')
          assert.ok(holds(readFileSync(join(ROOT, from), 'utf8'), code.trimEnd()), `not in ${from}`)
        })
      }
    }
  }

  test('has only code that compiles for strict users: what needs packages of this repository', () =>
    compileSamples('root', join(folder, 'samples')))

  test('has no code that no test compiles', () => {
    for (const { name, place } of samples()) {
      const file = COMPILED_BY[place]
      assert.ok(readFileSync(join(__dirname, file), 'utf8').includes(`compileSamples('${place}', `), `${name}: ${file}`)
    }
  })

  for (const name of GUIDES) {
    test(`docs/${name}.md answers the questions of every framework, in their order`, () => {
      const text = readFileSync(join(ROOT, `docs/${name}.md`), 'utf8').replace(/^```[\s\S]*?^```$/gm, '')
      const headings = [...text.matchAll(/^#{2,} .*$/gm)].map(([heading]) => heading)
      const asked = QUESTIONS.map((question) => `## ${question}`)
      assert.deepEqual(headings.slice(0, asked.length), asked)
      assert.equal(headings.filter((heading) => asked.includes(heading)).length, asked.length)
    })
  }

  test('links only to what is there', () => {
    for (const page of PAGES) {
      const text = readFileSync(join(ROOT, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '')
      for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
        assert.ok(existsSync(join(ROOT, dirname(page), target)), `${page}: ${target}`)
      }
    }
  })

  test('names every option, every error code and every export', () => {
    const options = [...readFileSync(join(ROOT, 'js/options.js'), 'utf8').matchAll(/^ {2}'(\w+)',$/gm)].map(
      ([, name]) => name,
    )
    assert.ok(options.length >= 15)
    const rows = [
      ['docs/options.md', options],
      ['docs/errors.md', CODES],
      ['docs/migration.md', Object.keys(require('logto-authkit'))],
    ]
    for (const [page, names] of rows) {
      const text = readFileSync(join(ROOT, page), 'utf8')
      for (const name of names) assert.match(text, new RegExp(`\`${name}[(\`]`), `${page}: ${name}`)
    }
  })
})

/** Whether a file has some lines word for word: at its margin, or all of them indented, as within a function. */
function holds(text, lines) {
  return [0, 2, 4, 6, 8]
    .map((width) => ' '.repeat(width))
    .some((margin) => text.includes(lines.replace(/^(?=.)/gm, margin)))
}

/** TypeScript without its types. */
function withoutTypes(code) {
  // Loaded where a page needs it: the compiler is large.
  const { ModuleKind, ScriptTarget, transpileModule } = require('typescript-5')
  return transpileModule(code, { compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 } })
    .outputText
}

/** The output of a script, whose environment names a tenant and has one of its tokens. */
async function run(folder, { language, code }, tenant) {
  const file = join(await mkdtemp(join(folder, 'block-')), /^import /m.test(code) ? 'block.mjs' : 'block.cjs')
  await writeFile(file, language === 'ts' ? withoutTypes(code) : code)
  const { logtoUrl, audience } = tenant
  const env = { ...process.env, LOGTO_URL: logtoUrl, AUDIENCE: audience, TOKEN: await tenant.issue() }
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env, timeout: 60_000 })
  return stdout
}
