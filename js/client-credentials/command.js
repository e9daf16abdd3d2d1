'use strict'

// npx logto-authkit token: an access token of a machine-to-machine app, for curl.

/** @import { Grant, Wanted } from './request' */

const { text: textFrom } = require('node:stream/consumers')
const { UsageError, parseOptions, usageFailure } = require('../command-line')
const { AuthError } = require('../errors')
const { readTenants } = require('../tenant-options')
const { TokenRefused, TokenUnreachable, requestToken } = require('./request')

const HELP = `Usage: logto-authkit token --client-id <id> --resource <indicator> [options]

Asks a Logto tenant for an access token of a machine-to-machine app, by client
credentials, and prints the token alone: TOKEN=$(npx logto-authkit token ...)

The app's secret comes from the variable LOGTO_CLIENT_SECRET, or from standard input,
and never from an argument: every process of the machine can read those.

  --logto-url <url>        the endpoint of the tenant; without it, the variable LOGTO_URL
  --client-id <id>         the App ID of the machine-to-machine app
  --client-secret -        reads the app's secret from standard input
  --resource <indicator>   your API resource's indicator
  --organization <id>      a token within this organization; without --resource, an
                           organization token
  --scope <scopes>         the permissions to ask for, in one text: "read:a write:b".
                           Logto grants those that the app's roles have
  --json                   one JSON object, for programs
  --help                   this text

Exit code: 0 there is a token
           1 the tenant refuses to give one
           2 the tenant cannot be reached, or is none
           3 the command is wrong`

/** @type {{ type: 'string' }} */
const TEXT = { type: 'string' }

const OPTIONS = {
  'logto-url': TEXT,
  'client-id': TEXT,
  'client-secret': TEXT,
  resource: TEXT,
  organization: TEXT,
  scope: TEXT,
  json: /** @type {{ type: 'boolean' }} */ ({ type: 'boolean' }),
}

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function run(args, env) {
  const values = parseOptions(args, OPTIONS)
  const wanted = readWanted(values, env)
  const clientSecret = await secretFrom(values['client-secret'], env)
  const grant = await requestToken({ ...wanted, clientSecret })
  if (values.json === true) return { exitCode: 0, stdout: JSON.stringify({ outcome: 'ok', exitCode: 0, ...grant }) }
  return { exitCode: 0, stdout: grant.token, ...noteOf(wanted, grant) }
}

/**
 * @param {Record<string, unknown>} values
 * @param {NodeJS.ProcessEnv} env
 * @returns {Omit<Wanted, 'clientSecret'>}
 */
function readWanted(values, env) {
  const [{ issuer }] = readTenants({ logtoUrl: values['logto-url'] ?? env.LOGTO_URL })
  for (const name of ['client-id', 'resource', 'organization', 'scope']) {
    if (values[name] === '') throw new UsageError(`--${name} is empty: is the variable set that it comes from?`)
  }
  const { 'client-id': clientId, resource, organization, scope } = /** @type {Record<string, string>} */ (values)
  if (clientId === undefined) throw new UsageError('--client-id: is not set')
  if (resource === undefined && organization === undefined) {
    throw new UsageError('--resource: is not set; without it Logto gives an opaque token, which no API can verify')
  }
  return { endpoint: `${issuer[0]}/token`, clientId, resource, organization, scope }
}

/**
 * The secret of the app. The line break that a shell adds is no part of it.
 *
 * @param {unknown} given
 * @param {NodeJS.ProcessEnv} env
 */
async function secretFrom(given, env) {
  if (given !== undefined && given !== '-') {
    throw new UsageError(
      '--client-secret takes "-" alone, and reads standard input; a secret among the arguments is seen by every process',
    )
  }
  if (given === undefined && env.LOGTO_CLIENT_SECRET) return env.LOGTO_CLIENT_SECRET
  const secret = given === '-' ? (await textFrom(process.stdin)).replace(/\r?\n$/, '') : ''
  if (secret !== '') return secret
  throw new UsageError(
    given === '-'
      ? '--client-secret -: nothing came from standard input'
      : 'the secret of the app is missing: set LOGTO_CLIENT_SECRET, or give --client-secret - and standard input',
  )
}

/**
 * Scopes that were asked for and not granted are said beside the token: it would be refused for them later.
 *
 * @param {Pick<Wanted, 'scope'>} wanted
 * @param {Grant} grant
 */
function noteOf({ scope = '' }, grant) {
  const granted = grant.scope.split(' ')
  const missing = scope.split(' ').filter((one) => one !== '' && !granted.includes(one))
  if (missing.length === 0) return {}
  const stderr = `Not granted: ${missing.join(' ')}. In the console, give one of the app's machine-to-machine roles these permissions.`
  return { stderr }
}

/** @param {unknown} error */
function explain(error) {
  if (error instanceof UsageError) return usageFailure(error.message)
  if (error instanceof TokenRefused) return { outcome: 'refused', exitCode: 1, message: error.message }
  if (error instanceof TokenUnreachable) return { outcome: 'tenant_unusable', exitCode: 2, message: error.message }
  if (error instanceof AuthError && error.code === 'options_invalid') {
    return usageFailure(`--logto-url: ${error.details.problem}`)
  }
  throw error
}

module.exports = { HELP, explain, run }
