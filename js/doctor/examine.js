'use strict'

const { AuthError } = require('../errors')
const { readLogtoUrl, readOptions } = require('../options')
const { verifyAuth } = require('../verifier')
const { explain } = require('./explain')
const { examineTenant } = require('./tenant')
const { findingsOf } = require('./tenant-findings')
const { quote } = require('./safe-text')
const { duration } = require('./time')
const { readToken } = require('./token')

/** The exit code for each way that an examination ends. */
const EXIT_CODES = { ok: 0, accepted: 0, refused: 1, tenant_unusable: 2, usage_error: 3, addon_unavailable: 4 }

/**
 * Looks at a tenant and, where there is one, at a token.
 *
 * @param options those of `verifyAuth`
 * @param {string} [text] the token, as it was given
 * @throws {AuthError} `options_invalid`, `addon_unavailable`
 */
async function examine(options, text) {
  const settings = { ...readOptions(options), endpoint: readLogtoUrl(options.logtoUrl) }
  const tenant = await examineTenant(options, settings)
  const token = text === undefined ? null : readToken(text)
  const verdict = token === null ? null : await judge(text, { token, tenant, settings, options })
  const findings = findingsOf(tenant, settings)
  const outcome = outcomeOf(findings, verdict)
  return { outcome, exitCode: EXIT_CODES[outcome], settings, tenant, findings, token, verdict }
}

function outcomeOf(findings, verdict) {
  if (findings.some(({ level }) => level === 'problem')) return 'tenant_unusable'
  if (verdict === null) return 'ok'
  return verdict.isAccepted ? 'accepted' : 'refused'
}

/** What a server with these options says of the text; and, where it is not a token alone, of the token in it. */
async function judge(text, facts) {
  const verdict = await verdictOn(text, facts)
  const { bare, wrappings } = facts.token
  if (wrappings.length === 0) return verdict
  const token = { ...facts.token, wrappings: [] }
  return { ...verdict, ofTokenAlone: await verdictOn(bare, { ...facts, token }) }
}

async function verdictOn(text, { options, ...facts }) {
  try {
    const { userId, payload } = await verifyAuth(text, options)
    const left = duration(payload.exp - Date.now() / 1_000)
    const accepted = `A server with these options lets ${quote(userId)} in, for another ${left}.`
    return { isAccepted: true, code: null, message: null, text: accepted, advice: [] }
  } catch (error) {
    if (!(error instanceof AuthError) || error.status === 500) throw error
    const { code, message, details } = error
    return { isAccepted: false, code, message, ...explain(code, { ...facts, details }) }
  }
}

module.exports = { EXIT_CODES, examine }
