'use strict'

// node scripts/check-release.js [tag]: fails unless each file that states the version has the same and, with a tag, the tag is that
// version and the changelog has it.

const { execFileSync } = require('node:child_process')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { version } = require('../package.json')
const { problemsOf } = require('../tools/release-check')

const ROOT = join(__dirname, '..')
const [tag] = process.argv.slice(2)

execFileSync(process.execPath, ['--test', '__test__/versions.test.js'], { cwd: ROOT, stdio: 'inherit' })
const changelog = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')
const today = new Date().toISOString().slice(0, 10)
const problems = tag === undefined ? [] : problemsOf({ tag, version, changelog, today })
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
