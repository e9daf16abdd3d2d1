'use strict'

/**
 * @import { Examination, Verdict } from './examine'
 * @import { Reading } from './token'
 */

const { errorPageOf } = require('./error-page')
const { excerpt, hide, printable } = require('./safe-text')
const { VERSION } = require('../version')
const { here } = require('./tenant-findings')

/** As wide as the levels of findings. */
const MARGIN = ' '.repeat(11)

/** What is shorter is no secret, and may be a word of the report's own. */
const MIN_SECRET_CHARS = 24

/**
 * What must not be shown of a token, whatever else is: all of it, and its signature.
 *
 * @param {string | undefined} given
 * @param {Reading | null} token
 * @returns {string[]}
 */
function secretsOf(given, token) {
  if (given === undefined || token === null) return []
  const signature = token.format === 'jws' ? token.bare.split('.')[2] : ''
  return [given, token.bare, signature].filter(({ length }) => length >= MIN_SECRET_CHARS)
}

/**
 * An examination for people.
 *
 * @param {Examination} examination
 * @param {string[]} secrets
 */
function textOf(examination, secrets) {
  const { engine, examined, token, verdict } = examination
  const page = errorPageOf(examination)
  const lines = [
    `logto-authkit doctor ${VERSION}, Node.js ${process.version}, on ${here()}`,
    ...engineLines(engine),
    ...proxyLines(engine),
    ...examined.flatMap(tenantLines),
    ...(token === null || verdict === null
      ? ['', 'No token was given: --token, or LOGTO_TOKEN.']
      : [...tokenLines(token), '', ...verdictLines(verdict)]),
    ...(page === null ? [] : ['', `More: ${page}`]),
  ]
  return lines.map((line) => printable(hide(line, secrets))).join('\n')
}

/** @param {Examination['ofToken']} examined */
function tenantLines({ settings, findings }) {
  const lines = findings.flatMap(({ level, text, advice }) => [
    `  ${level.padEnd(7)}  ${text}`,
    ...adviceLines(advice, MARGIN),
  ])
  return ['', `The tenant ${settings.endpoint}`, ...lines]
}

/** @param {Examination['engine']} engine */
function engineLines({ name, problem }) {
  return problem === null ? [] : [`(the ${name} engine verifies here. ${problem})`]
}

/**
 * Their names alone: their values may hold a password.
 *
 * @param {Examination['engine']} engine
 */
function proxyLines({ name }) {
  const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((one) => [one, one.toLowerCase()])
  const set = variables.filter((one) => process.env[one])
  const effect =
    name === 'native'
      ? 'keys are fetched through a proxy'
      : 'the portable engine heeds it only with NODE_USE_ENV_PROXY=1, from Node.js 22.21 and 24'
  return set.length === 0 ? [] : [`(${set.join(', ')} set: ${effect})`]
}

/** @param {Reading} token */
function tokenLines({ format, header, claims, bare }) {
  const titles = {
    jws: 'The token claims (nothing of this is proven)',
    jwe: 'The token is encrypted; its header',
    opaque: `The token is opaque, ${bare.length} characters`,
    other: `The token is no JWS, ${bare.length} characters`,
  }
  return ['', titles[format], ...memberLines('header', header), ...memberLines('claim', claims)]
}

/**
 * @param {string} what
 * @param {object | null} object
 */
function memberLines(what, object) {
  if (object === null) return []
  return Object.entries(excerpt(object)).map(([name, value]) => {
    const isPlain = /^\w+$/.test(name)
    return `  ${what.padEnd(7)}  ${isPlain ? name : JSON.stringify(name)}: ${JSON.stringify(value)}`
  })
}

/**
 * @param {Verdict} verdict
 * @returns {string[]}
 */
function verdictLines({ isAccepted, code, text, advice, ofTokenAlone }) {
  const refusal = code === 'jwks_unavailable' ? 'Not to be judged' : 'Refused'
  const title = isAccepted ? 'Accepted' : `${refusal}: ${code}`
  const lines = [title, `  ${text}`, ...adviceLines(advice, '  ')]
  return ofTokenAlone === undefined ? lines : [...lines, '', 'The token alone', ...verdictLines(ofTokenAlone)]
}

/**
 * @param {string[]} advice
 * @param {string} margin
 */
function adviceLines(advice, margin) {
  return advice.map((one) => `${margin}-> ${one}`)
}

/**
 * An examination for programs. Members may be added; those that are there keep their names.
 *
 * @param {Examination} examination
 * @param {string[]} secrets
 */
function jsonOf(examination, secrets) {
  const { outcome, exitCode, engine, examined, ofToken, token, verdict } = examination
  const report = {
    outcome,
    exitCode,
    version: VERSION,
    machine: here(),
    engine: engine.name,
    engineProblem: engine.problem,
    ...jsonOfTenant(ofToken),
    tenants: examined.map(jsonOfTenant),
    token: token && {
      format: token.format,
      characters: token.bare.length,
      header: token.header && excerpt(token.header),
      claims: token.claims && excerpt(token.claims),
    },
    verdict: verdict && jsonOfVerdict(verdict),
    page: errorPageOf(examination),
  }
  // Within values alone, so that no token can rename a member.
  const json = JSON.stringify(report, (_name, value) => (typeof value === 'string' ? hide(value, secrets) : value))
  return printable(hide(json))
}

/** @param {Examination['ofToken']} examined */
function jsonOfTenant({ settings, tenant: { keys, discovery, clock }, findings }) {
  return {
    logtoUrl: settings.endpoint,
    keys: {
      url: keys.url,
      reachable: keys.hasArrived,
      problem: keys.problem,
      reason: keys.reason,
      status: keys.look.status,
      address: keys.look.address,
      milliseconds: keys.look.milliseconds,
      usable: listed(keys.usable),
      unusable: listed(keys.unusable),
    },
    issuer: { url: discovery.url, found: discovery.issuer, accepted: settings.issuer, matches: discovery.isAccepted },
    clock: { aheadSeconds: clock.aheadSeconds },
    findings,
  }
}

/** @param {{ kid: string | null }[] | null} keys */
function listed(keys) {
  return keys?.map((key) => ({ ...key, kid: key.kid?.slice(0, 200) ?? null })) ?? null
}

/**
 * @param {Verdict} verdict
 * @returns {object}
 */
function jsonOfVerdict({ isAccepted, code, message, text, advice, ofTokenAlone }) {
  const verdict = { accepted: isAccepted, code, message, explanation: text, advice }
  return ofTokenAlone === undefined ? verdict : { ...verdict, tokenAlone: jsonOfVerdict(ofTokenAlone) }
}

module.exports = { jsonOf, secretsOf, textOf }
