'use strict'

const assert = require('node:assert/strict')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')

const SOURCE = readFileSync(join(__dirname, '../../js/errors.js'), 'utf8')

/** Every code of the table in js/errors.js, which keeps the table to itself. */
const CODES = [...SOURCE.matchAll(/^ {2}(\w+): \[(?:\d|$)/gm)].map(([, code]) => code)
assert.ok(CODES.length >= 16)

module.exports = { CODES }
