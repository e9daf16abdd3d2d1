'use strict'

// node scripts/next-matrix.js [pattern]: runs all cells of __test__/next-matrix.test.js, or the cells whose name
// matches the regular expression, such as "15, turbopack". The whole matrix builds Next.js once for each cell, which
// takes half an hour or more. Build the addon first.

const { spawnSync } = require('node:child_process')
const { join } = require('node:path')

const [pattern = ''] = process.argv.slice(2)
const args = ['--test', '--test-reporter=spec', join(__dirname, '../__test__/next-matrix.test.js')]
const env = { ...process.env, NEXT_MATRIX: pattern === '' ? '.' : pattern }
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 1
