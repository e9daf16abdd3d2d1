#!/usr/bin/env node
'use strict'

const { text: textFrom } = require('node:stream/consumers')
const { HELP, UsageError, flagOf, readCommandLine } = require('./doctor/command-line')
const { EXIT_CODES, examine } = require('./doctor/examine')
const { jsonOf, secretsOf, textOf } = require('./doctor/report')
const { AuthError } = require('./errors')
const { muteWarnings } = require('./warnings')

/** @param {string[]} args */
async function main(args) {
  const command = readCommandLine(args, process.env)
  if (command.wantsHelp) return console.log(HELP)
  muteWarnings()
  const { wantsJson, token, options } = command
  const given = token === '-' ? await tokenFromInput() : token
  const examination = await examine(options, given)
  const secrets = secretsOf(given, examination.token)
  console.log(wantsJson ? jsonOf(examination, secrets) : textOf(examination, secrets))
  process.exitCode = examination.exitCode
}

/** The line break that a shell adds is no part of the token. */
async function tokenFromInput() {
  const token = (await textFrom(process.stdin)).replace(/\r?\n$/, '')
  if (token === '') throw new UsageError('--token -: nothing came from standard input')
  return token
}

/** @param {unknown} error */
function fail(error) {
  const [outcome, message] = failureOf(error)
  process.exitCode = EXIT_CODES[outcome]
  if (process.argv.includes('--json')) console.log(JSON.stringify({ outcome, exitCode: EXIT_CODES[outcome], message }))
  else console.error(outcome === 'usage_error' ? `${message}\nlogto-authkit doctor --help says more.` : message)
}

/**
 * @param {unknown} error
 * @returns {[outcome: string, message: string]}
 */
function failureOf(error) {
  if (error instanceof UsageError) return ['usage_error', error.message]
  if (!(error instanceof AuthError) || error.code !== 'options_invalid') throw error
  const { option, problem } = error.details
  return ['usage_error', `${flagOf(String(option))}: ${problem}`]
}

main(process.argv.slice(2)).catch(fail)
