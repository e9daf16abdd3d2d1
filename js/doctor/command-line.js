'use strict'

/** @import { AuthOptions } from 'logto-authkit' */

const { UsageError, parseOptions } = require('../command-line')

const HELP = `Usage: logto-authkit doctor --logto-url <url> --audience <indicator> [options]

Looks at a Logto tenant from this machine and, where a token is given, says in plain
words why a server would refuse it. It shows a token's header and claims, never the token.

  --logto-url <url>        the endpoint of the tenant; repeated where there are several
  --audience <indicator>   your API resource's indicator; may be repeated
  --token <token>          the token to judge; "-" reads it from standard input. Without
                           it, the variable LOGTO_TOKEN is looked at
  --scope <scopes>         requiredScope: scopes the token has to have
  --issuer <issuer>        the accepted issuer, if not <url>/oidc; may be repeated
  --jwks-uri <url>         where the keys are, if not at <url>/oidc/jwks
  --clock-tolerance <s>    seconds by which clocks may differ
  --token-type <typ>       the typ that a token has to have
  --organization <id>      the organization that a token has to be of
  --any-organization       a token has to be of an organization, whichever
  --no-organization        a token must be of no organization
  --client-id <id>         the client_id that a token has to have; may be repeated
  --subject-type <type>    "user" or "client": whose token it has to be
  --no-actor               a token must not let somebody act for its subject
  --json                   one JSON object, for programs
  --help                   this text

Exit code: 0 the tenant is fine, and so is the token, if there is one
           1 the token is refused
           2 the keys of the tenant cannot be fetched, or none can be used
           3 the command is wrong`

/** @type {{ type: 'string' }} */
const TEXT = { type: 'string' }
/** @type {{ type: 'string', multiple: true }} */
const TEXTS = { type: 'string', multiple: true }
/** @type {{ type: 'boolean' }} */
const FLAG = { type: 'boolean' }

const OPTIONS = {
  'logto-url': TEXTS,
  audience: TEXTS,
  token: TEXT,
  scope: TEXT,
  issuer: TEXTS,
  'jwks-uri': TEXT,
  'clock-tolerance': TEXT,
  'token-type': TEXT,
  organization: TEXT,
  'any-organization': FLAG,
  'no-organization': FLAG,
  'client-id': TEXTS,
  'subject-type': TEXT,
  'no-actor': FLAG,
  json: FLAG,
}

const PROBLEMS = {
  ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL: 'there is an argument that belongs to no option; a token is given with --token',
}

/**
 * Reads the arguments of the command.
 *
 * @param {string[]} args what stands behind the command
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ wantsJson: boolean, token: string | undefined, options: AuthOptions }}
 * @throws {UsageError}
 */
function readCommandLine(args, env) {
  const values = parseOptions(args, OPTIONS, PROBLEMS)
  if (values.token === '') throw new UsageError('--token is empty: is the variable set that it comes from?')
  return {
    wantsJson: values.json === true,
    token: values.token ?? (env.LOGTO_TOKEN || undefined),
    options: withoutUndefined({
      logtoUrl: readLogtoUrls(values['logto-url']),
      audience: values.audience,
      requiredScope: values.scope,
      issuer: values.issuer,
      jwksUri: values['jwks-uri'],
      clockTolerance:
        values['clock-tolerance'] === undefined ? undefined : Number(values['clock-tolerance'] || Number.NaN),
      tokenType: values['token-type'],
      organization: readOrganization(values),
      clientId: values['client-id'],
      subjectType: values['subject-type'],
      allowActor: values['no-actor'] === true ? false : undefined,
    }),
  }
}

/**
 * One is a tenant, which may have other issuers and another place for its keys.
 *
 * @param {string[]} [urls]
 */
function readLogtoUrls(urls) {
  return urls?.length === 1 ? urls[0] : urls
}

/** @param {ReturnType<typeof parseOptions<typeof OPTIONS>>} values */
function readOrganization({ organization, 'any-organization': any, 'no-organization': none }) {
  const choices = [organization, any === true ? true : undefined, none === true ? false : undefined]
  const [choice, ...others] = choices.filter((one) => one !== undefined)
  if (others.length > 0)
    throw new UsageError('--organization, --any-organization and --no-organization exclude each other')
  return choice
}

/**
 * @param {object} object
 * @returns {any} what is missing is named where the options are read
 */
function withoutUndefined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}

/**
 * How the command line calls an option.
 *
 * @param {string} option
 */
function flagOf(option) {
  const name =
    option === 'requiredScope' ? 'scope' : option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return `--${name}`
}

module.exports = { HELP, flagOf, readCommandLine }
