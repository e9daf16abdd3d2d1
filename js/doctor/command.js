'use strict'

const { text: textFrom } = require('node:stream/consumers')
const { UsageError, usageFailure } = require('../command-line')
const { AuthError } = require('../errors')
const { muteWarnings } = require('../warnings')
const { HELP, flagOf, readCommandLine } = require('./command-line')
const { examine } = require('./examine')
const { jsonOf, secretsOf, textOf } = require('./report')

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function run(args, env) {
  const { wantsJson, token, options } = readCommandLine(args, env)
  muteWarnings()
  const given = token === '-' ? await tokenFromInput() : token
  const examination = await examine(options, given)
  const secrets = secretsOf(given, examination.token)
  const stdout = wantsJson ? jsonOf(examination, secrets) : textOf(examination, secrets)
  return { exitCode: examination.exitCode, stdout }
}

/** The line break that a shell adds is no part of the token. */
async function tokenFromInput() {
  const token = (await textFrom(process.stdin)).replace(/\r?\n$/, '')
  if (token === '') throw new UsageError('--token -: nothing came from standard input')
  return token
}

/** @param {unknown} error */
function explain(error) {
  if (error instanceof UsageError) return usageFailure(error.message)
  if (!(error instanceof AuthError) || error.code !== 'options_invalid') throw error
  const { option, problem } = error.details
  return usageFailure(`${flagOf(String(option))}: ${problem}`)
}

module.exports = { HELP, explain, run }
