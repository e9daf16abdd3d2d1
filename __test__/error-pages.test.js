'use strict'

// docs/errors has a page for each code. What it says of the response is what the package really answers.

const assert = require('node:assert/strict')
const { readFileSync, readdirSync } = require('node:fs')
const { STATUS_CODES } = require('node:http')
const { join } = require('node:path')
const { describe, test } = require('node:test')
const { AuthError, createRevocationList, createWebhookHandler, withNextAuth } = require('logto-authkit')
const { CODES } = require('./support/error-codes')

const FOLDER = join(__dirname, '../docs/errors')

const TITLES = ['What the client sees', 'Why, the likeliest first', 'What it never means']

/** The details that the pages have for an example, where the message depends on them: the first is that of the response. */
const DETAILS = {
  token_opaque: [{}, { kind: 'personal access token' }, { kind: 'subject token' }],
  claim_invalid: [{ claim: 'exp' }],
  scope_missing: [{ required: 'admin:write', missing: 'admin:write' }],
  role_missing: [{ missing: 'admin' }],
  options_invalid: [{ option: 'audience', problem: 'is not set' }],
  addon_unavailable: [{ platform: 'linux-x64-gnu', reason: 'it is not installed', isPackaged: true }],
}

describe('the pages of the error codes', () => {
  test('are one for each code, and none for what is no code', () => {
    assert.deepEqual(readdirSync(FOLDER).sort(), CODES.map((code) => `${code}.md`).sort())
  })

  test('are reached from the overview, each once, and in the row of its code', () => {
    const overview = readFileSync(join(FOLDER, '../errors.md'), 'utf8')
    const links = [...overview.matchAll(/\[`(\w+)`\]\(errors\/(\w+)\.md\)/g)]
    for (const [link, code, page] of links) assert.equal(code, page, link)
    assert.deepEqual(links.map(([, code]) => code).sort(), [...CODES].sort())
  })

  for (const code of CODES) {
    const page = readFileSync(join(FOLDER, `${code}.md`), 'utf8')

    test(`${code}: the page has the response as it is, and every message`, async (t) => {
      // A status of 500 is told to the operator.
      t.mock.method(console, 'error', () => {})
      const [, shown] = page.match(/^```http\n([\s\S]*?)^```$/m)
      const samples = DETAILS[code] ?? [{}]
      assert.equal(shown, await textOf(await responseTo(code, samples[0])))
      for (const details of samples) assert.ok(page.includes(new AuthError(code, details).message))
    })

    test(`${code}: the page has its parts, in 15 to 40 lines`, () => {
      assert.ok(page.startsWith(`# \`${code}\`\n`))
      assert.deepEqual(
        [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title),
        TITLES,
      )
      const lines = page.trimEnd().split('\n').length
      assert.ok(lines >= 15 && lines <= 40, `${lines} lines`)
    })
  }
})

/** What a default response of the package is for an error: that of the route which alone can give the code, else of a handler. */
async function responseTo(code, details) {
  const request = new Request('https://app.example/', { method: 'POST', body: '{}' })
  if (code === 'webhook_invalid') {
    return createWebhookHandler({ signingKey: 'key', revocations: createRevocationList() })(request)
  }
  const options = { logtoUrl: 'https://tenant.example', audience: 'https://api.example.com', allowGuest: true }
  const guarded = withNextAuth(() => {
    throw new AuthError(code, details)
  }, options)
  return guarded(request)
}

/** A response as it travels, with the headers that are about authentication. */
async function textOf(response) {
  const { status, headers } = response
  const names = ['WWW-Authenticate', 'Retry-After'].filter((name) => headers.has(name))
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...names.map((name) => `${name}: ${headers.get(name)}`)]
  return `${head.join('\n')}\n\n${await response.text()}\n`
}
