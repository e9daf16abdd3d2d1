'use strict'

// What the release script refuses before anything is published. `scripts/release.sh rehearse` runs the rest.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { runNode } = require('./support/child')
const { problemsOf } = require('../tools/release-check')

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.3] - 2026-03-04

### Added

- Something.

## [1.2.2] - 2026-03-03

`
const GOOD = { tag: 'v1.2.3', version: '1.2.3', changelog: CHANGELOG, today: '2026-03-04' }

/** [what is wrong, the changes to a good release, the words]. */
const WRONG = [
  ['another tag', { tag: 'v1.2.4' }, 'the tag is v1.2.4, and the version 1.2.3'],
  ['a tag without its v', { tag: '1.2.3' }, 'the tag is 1.2.3, and the version 1.2.3'],
  ['no section', { tag: 'v1.2.4', version: '1.2.4' }, 'CHANGELOG.md has no section "## [1.2.4] - YYYY-MM-DD"'],
  [
    'a version that another begins with',
    { tag: 'v1.2', version: '1.2' },
    'CHANGELOG.md has no section "## [1.2] - YYYY-MM-DD"',
  ],
  ['a date to come', { today: '2026-03-03' }, 'CHANGELOG.md dates 1.2.3 on 2026-03-04, which is to come'],
  ['an empty section', { tag: 'v1.2.2', version: '1.2.2' }, 'CHANGELOG.md says nothing of 1.2.2'],
]

test('a release whose tag, version and changelog agree has no problem', () => {
  assert.deepEqual(problemsOf(GOOD), [])
})

for (const [name, changes, problem] of WRONG) {
  test(`a release with ${name} is refused`, () => {
    assert.deepEqual(problemsOf({ ...GOOD, ...changes }), [problem])
  })
}

test('the check of a tag that is no version fails, and says why', async () => {
  // Else the test runner that the script starts would take itself for a part of this one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  await assert.rejects(runNode(['scripts/check-release.js', 'v0.0.0-none'], { env }), ({ code, stderr }) => {
    assert.equal(code, 1)
    assert.match(stderr, /^the tag is v0\.0\.0-none, and the version \d/m)
    return true
  })
})
