'use strict'

// The documents repeat numbers that stand in the code: a row of support/numbers.js for each of them. All places of a row
// have to say the same. SECURITY.md also says where the crate has unsafe code.

const assert = require('node:assert/strict')
const { readFileSync, readdirSync } = require('node:fs')
const { join } = require('node:path')
const { describe, test } = require('node:test')
const { AuthError } = require('../js/errors')
const { NUMBERS } = require('./support/numbers')

const ROOT = join(__dirname, '..')

/** A number as code and prose write it: `10_000`, `10,000`, `0.8`. */
const NUMBER = String.raw`\d[\d_]*(?:,\d{3})*(?:\.\d+)?`
/** One, a product, or a list: `64 * 1024`, `1, 2, 4`. */
const ANY_NUMBERS = String.raw`(?<!\d|\d\.)(${NUMBER}(?:(?:,\s+|\s\*\s)${NUMBER})*)`

/** White space, and what begins a comment's next line. */
const SPACE = String.raw`\s+(?:(?:\*|//[/!]?)\s+)?`

/** Documents in which every number has to have a row, but for those that are no bounds of ours. */
const WATCHED = ['SECURITY.md', 'docs/keys.md', 'docs/options.md']
const NO_BOUNDS = [
  /```[\s\S]*?```/g,
  /RFC [\d, ]+(?:and \d+)?/g,
  /(?:get|then|status) (?:200|503)|a 429 or 503/g,
  /`A-Z a-z 0-9 _ -`/g,
  /0\.4 KB/g, // As measured.
  /`createVerifier\(\{ tokenCacheSize: 0 \}\)`|(?<=\. )0: (?:not at all|none)\./g,
]

describe('the number in the documents is that of the code:', () => {
  for (const [name, { code, docs = [] }] of Object.entries(NUMBERS)) {
    test(name, () => {
      const [first, ...others] = [...code, ...docs]
      const expected = valueAt(first)
      for (const place of others) assert.deepEqual(valueAt(place), expected, `${place[0]}: ${place[1]}`)
    })
  }

  for (const file of WATCHED) {
    test(`${file} states no number that has no row`, () => {
      const places = Object.values(NUMBERS).flatMap(({ docs = [] }) => docs.filter(([name]) => name === file))
      const known = [...places.map(([, text]) => patternOf(text)), ...NO_BOUNDS]
      const strike = (match, number) =>
        typeof number === 'string' ? match.replace(number, '') : match.replace(/\d/g, '')
      const rest = known.reduce((text, pattern) => text.replace(pattern, strike), read(file))
      assert.deepEqual(rest.match(/.*(?<![\w-])\d.*/g) ?? [], [])
    })
  }

  test('the status of each error', () => {
    const rows = [...read('docs/errors.md').matchAll(/^\| (\[`.+) \| (\d{3}) \|/gm)]
    assert.ok(rows.length >= 12)
    for (const [, codes, status] of rows) {
      for (const [, code] of codes.matchAll(/`(\w+)`/g)) assert.equal(new AuthError(code).status, Number(status), code)
    }
  })
})

describe('unsafe Rust', () => {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true })
    .filter((file) => file.endsWith('.rs'))
    .map((file) => `src/${file.replaceAll('\\', '/')}`)

  test('is two blocks, in the file that SECURITY.md names', () => {
    const inCode = (file) => read(file).replace(/\/\/.*/g, '')
    const blocks = files.flatMap((file) => (inCode(file).match(/\bunsafe\b/g) ?? []).map(() => file))
    assert.deepEqual(blocks, ['src/boundary.rs', 'src/boundary.rs'])
    assert.match(read('SECURITY.md'), /two `unsafe` blocks,\s[^.]*`src\/boundary\.rs`/)
  })

  test('is forbidden in every file but those that napi’s macros write into', () => {
    const forbids = (file) => read(file).includes('#![forbid(unsafe_code)]')
    // What a module forbids is forbidden in the modules below it.
    const parentsOf = (file) => files.filter((other) => file.startsWith(`${other.replace(/(?:\/mod)?\.rs$/, '')}/`))
    const open = files.filter((file) => ![file, ...parentsOf(file)].some(forbids))
    assert.deepEqual(open.sort(), ['src/boundary.rs', 'src/lib.rs', 'src/test_hooks.rs'])
    for (const file of open) assert.match(read('SECURITY.md'), new RegExp(`\`${file}\``))
  })
})

function read(file) {
  return readFileSync(join(ROOT, file), 'utf8')
}

/** The numbers at a place, in bytes or milliseconds or as they are. */
function valueAt([file, text, unit = 1]) {
  const found = [...read(file).matchAll(patternOf(text))].map(([, numbers]) => numbers)
  assert.ok(found.length > 0, `${file} does not say: ${text}`)
  const scale = Array.isArray(unit) ? valueAt(unit)[0] : unit
  const [value, ...others] = found.map((numbers) => listIn(numbers).map((one) => one * scale))
  for (const other of others) assert.deepEqual(other, value, `${file}: ${text}`)
  return value
}

/** What finds a text of support/numbers.js, and captures its numbers. */
function patternOf(text) {
  const escaped = text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/ /g, SPACE)
  return new RegExp(escaped.replace('#', () => ANY_NUMBERS).replace('…', '.*?'), 'g')
}

/** The numbers of a list, each of them perhaps a product. */
function listIn(text) {
  const numberOf = (digits) => Number(digits.replace(/[_,\s]/g, ''))
  return text.split(/,\s+/).map((product) =>
    product
      .split('*')
      .map(numberOf)
      .reduce((a, b) => a * b),
  )
}
