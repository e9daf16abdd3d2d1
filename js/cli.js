#!/usr/bin/env node
'use strict'

const { usageFailure } = require('./command-line')

const HELP = `Usage: logto-authkit <command> [options]

  doctor   looks at a Logto tenant, and says why a token is refused
  token    prints an access token of a machine-to-machine app, for curl and for tests

logto-authkit <command> --help says more.`

/**
 * What a command prints, and how it exits.
 * @typedef {{ exitCode: number, stdout?: string, stderr?: string }} Result
 *
 * @typedef {{ outcome: string, exitCode: number, message: string }} Failure
 *
 * A command takes what stands behind its name. `explain` says how it failed, and throws errors that it does not know.
 * @typedef {{ run: (args: string[], env: NodeJS.ProcessEnv) => Promise<Result>, HELP: string,
 *   explain: (error: unknown) => Failure }} Command
 *
 * @type {Record<string, () => Command>}
 */
const COMMANDS = {
  doctor: () => require('./doctor/command'),
  token: () => require('./client-credentials/command'),
}

/** @param {string[]} args */
async function main([name = '', ...args]) {
  if (['--help', '-h', 'help'].includes(name)) return tell({ exitCode: 0, stdout: HELP })
  if (!Object.hasOwn(COMMANDS, name)) return fail(usageFailure('the commands are doctor and token'), 'logto-authkit')
  const command = COMMANDS[name]()
  if (args.some((one) => one === '--help' || one === '-h')) return tell({ exitCode: 0, stdout: command.HELP })
  try {
    tell(await command.run(args, process.env))
  } catch (error) {
    fail(command.explain(error), `logto-authkit ${name}`)
  }
}

/** @param {Result} result */
function tell({ exitCode, stdout, stderr }) {
  if (stderr !== undefined) console.error(stderr)
  if (stdout !== undefined) console.log(stdout)
  process.exitCode = exitCode
}

/**
 * @param {Failure} failure
 * @param {string} program
 */
function fail(failure, program) {
  const { outcome, exitCode, message } = failure
  if (process.argv.includes('--json')) return tell({ exitCode, stdout: JSON.stringify(failure) })
  tell({ exitCode, stderr: outcome === 'usage_error' ? `${message}\n${program} --help says more.` : message })
}

main(process.argv.slice(2))
