'use strict'

/**
 * @import { AuthenticatedContext, AuthOptions } from 'logto-authkit'
 * @import { Explanation, Facts, TokenCode } from './explain'
 * @import { Finding } from './tenant-findings'
 */

const { AuthError } = require('../errors')
const { readOptions } = require('../options')
const { getEngine } = require('../jwks-cache')
const { createVerifier, verifyLogtoToken } = require('../verifier')
const { explain } = require('./explain')
const { warnOfKind } = require('./explain-kind')
const { examineTenant } = require('./tenant')
const { findingsOf } = require('./tenant-findings')
const { quote } = require('./safe-text')
const { duration } = require('./time')
const { readToken } = require('./token')

/**
 * The exit code for each way that an examination ends.
 *
 * @type {Record<string, number>}
 */
const EXIT_CODES = { ok: 0, accepted: 0, refused: 1, tenant_unusable: 2 }

/**
 * What a server says of a token, and why; where what was given is not a token alone, also what it says of the token in it.
 * @typedef {Explanation & { isAccepted: boolean, code: string | null, message: string | null, ofTokenAlone?: Verdict }}
 *   Verdict
 *
 * What there is to report.
 * @typedef {Awaited<ReturnType<typeof examine>>} Examination
 */

/**
 * Looks at each tenant and, where there is one, at a token. `ofToken` is the tenant that the token names, else the first.
 *
 * @param {AuthOptions} options
 * @param {string} [text] the token, as it was given
 * @throws {AuthError} `options_invalid`
 */
async function examine(options, text) {
  const { tenants, ...shared } = readOptions(options)
  const examined = await Promise.all(
    tenants.map(async (one) => {
      const settings = { ...shared, ...one }
      const tenant = await examineTenant(
        tenants.length > 1 ? { ...options, logtoUrl: one.endpoint } : options,
        settings,
      )
      return { settings, tenant, findings: findingsOf(tenant, settings) }
    }),
  )
  const token = text === undefined ? null : readToken(text)
  const ofToken = examined.find(({ settings }) => settings.issuer.includes(token?.claims?.iss)) ?? examined[0]
  const verdict = token === null ? null : await judge(String(text), { ...ofToken, token, options })
  const outcome = outcomeOf(
    examined.flatMap(({ findings }) => findings),
    verdict,
  )
  return { outcome, exitCode: EXIT_CODES[outcome], engine: examineEngine(options), examined, ofToken, token, verdict }
}

/**
 * The engine that verifies on this machine and, where the native one does not load, why.
 *
 * @param {AuthOptions} options
 * @returns {{ name: 'native' | 'portable', problem: string | null }}
 */
function examineEngine(options) {
  try {
    createVerifier({ ...options, engine: 'native' })
    return { name: 'native', problem: null }
  } catch (error) {
    return { name: getEngine(), problem: error.message }
  }
}

/**
 * @param {Finding[]} findings
 * @param {Verdict | null} verdict
 */
function outcomeOf(findings, verdict) {
  if (findings.some(({ level }) => level === 'problem')) return 'tenant_unusable'
  if (verdict === null) return 'ok'
  return verdict.isAccepted ? 'accepted' : 'refused'
}

/**
 * What a server with these options says of the text; and, where it is not a token alone, of the token in it.
 *
 * @param {string} text
 * @param {Omit<Facts, 'details'> & { options: AuthOptions }} facts
 * @returns {Promise<Verdict>}
 */
async function judge(text, facts) {
  const verdict = await verdictOn(text, facts)
  const { bare, wrappings } = facts.token
  if (wrappings.length === 0) return verdict
  const token = { ...facts.token, wrappings: [] }
  return { ...verdict, ofTokenAlone: await verdictOn(bare, { ...facts, token }) }
}

/**
 * @param {string} text
 * @param {Omit<Facts, 'details'> & { options: AuthOptions }} facts
 * @returns {Promise<Verdict>}
 */
async function verdictOn(text, { options, ...facts }) {
  try {
    /** @type {AuthenticatedContext<{ sub: string, exp: number }>} */
    const { userId, payload } = await verifyLogtoToken(text, options)
    const left = duration(payload.exp - Date.now() / 1_000)
    const accepted = `A server with these options lets ${quote(userId)} in, for another ${left}.`
    return { isAccepted: true, code: null, message: null, text: accepted, advice: warnOfKind(facts.token) }
  } catch (error) {
    if (!(error instanceof AuthError) || error.status === 500) throw error
    const { code, message, details } = error
    return { isAccepted: false, code, message, ...explain(/** @type {TokenCode} */ (code), { ...facts, details }) }
  }
}

module.exports = { EXIT_CODES, examine }
