'use strict'

// node scripts/next-matrix.js [pattern]: all cells of __test__/next-matrix.test.js, or those whose name the regular
// expression matches, such as "15, turbopack". Some 20 builds of Next.js: half an hour. Build the addon first.

const { spawnSync } = require('node:child_process')
const { join } = require('node:path')

const [pattern = ''] = process.argv.slice(2)
const args = ['--test', '--test-reporter=spec', join(__dirname, '../__test__/next-matrix.test.js')]
const env = { ...process.env, NEXT_MATRIX: pattern === '' ? '.' : pattern }
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 1
