'use strict'

/** @import { AuthError } from 'logto-authkit' */

// What an operator has to know and nobody would see otherwise: each said once, on stderr. No text holds a token.

/** The most texts that are remembered as said. Where there are more, they are said again. */
const MAX_SAID = 1_000

/** @type {Set<string>} */
const said = new Set()
let isMuted = false

/**
 * Keys could not be fetched. Said once for each URL.
 *
 * @param {string} url
 * @param {string} reason
 */
function warnOfUnavailableKeys(url, reason) {
  if (isSaid(`keys ${url}`)) return
  const text =
    `logto-authkit could not fetch the signing keys from ${url}: ${reason}. Without keys every request gets 503. ` +
    'If the URL is right and this does not pass, ask "npx logto-authkit doctor". Further failures are not reported here.'
  warn(text, 'LOGTO_AUTHKIT_KEYS_UNAVAILABLE')
}

/**
 * A token was accepted that looks like an ID token. Said once for each verifier's tenants and audience.
 *
 * @param {{ tenants: { jwksUri: string }[], audience: string[] }} settings of the verifier
 */
function warnOfIdToken({ tenants, audience }) {
  if (isSaid(`ID token ${tenants.map(({ jwksUri }) => jwksUri).join(' ')} ${audience.join(' ')}`)) return
  const text =
    'logto-authkit accepted a token that looks like an ID token, which is for the client alone and carries no ' +
    'permissions: it has no client_id, its typ is not at+jwt, and its audience is no URI. Set the option audience to the ' +
    'indicator of an API resource, and let the client request an access token for that resource.'
  warn(text, 'LOGTO_AUTHKIT_ID_TOKEN')
}

/**
 * An `onError` that can change nothing has failed. Said once for each place it fails at.
 *
 * @param {unknown} error what it threw; its message is not repeated, as it may quote the request
 */
function warnOfFailedOnError(error) {
  const detail = placeOf(error)
  if (isSaid(`onError ${detail?.split('\n', 1)}`)) return
  const text =
    'The option onError of logto-authkit has thrown, or its promise was rejected. Here onError only observes: the outcome ' +
    'of the request is the same. Further failures at this place are not reported.'
  warn(text, 'LOGTO_AUTHKIT_ON_ERROR_FAILED', detail)
}

/**
 * The log of revocations is away. Said once.
 *
 * @param {string} reason
 */
function warnOfMissedRevocations(reason) {
  if (isSaid('revocations')) return
  const text =
    `logto-authkit cannot follow the log of revocations: ${reason}. This process refuses the tokens it knows to be revoked, and ` +
    'may let in others, until it can; status() of the list says how long it has been. Further failures are not reported here.'
  warn(text, 'LOGTO_AUTHKIT_REVOCATIONS_BEHIND')
}

/**
 * A tenant told of tokens to be revoked, and that could not be stored. Said once for each reason.
 *
 * @param {any} error
 */
function warnOfUnstoredRevocation(error) {
  const reason = error instanceof Error ? error.message : String(error)
  if (isSaid(`unstored ${reason}`)) return
  const text =
    `logto-authkit could not store what a webhook or logout token has revoked: ${reason}. The tenant got 503, and may not send it ` +
    "again: then the users whom it named keep their tokens until revokeUser is called. The hook's recent requests in Logto's console " +
    'name them. Further failures for this reason are not reported here.'
  warn(text, 'LOGTO_AUTHKIT_REVOCATION_NOT_STORED')
}

/**
 * The portable engine verifies in the native one's place. Said once.
 *
 * @param {string} why the native one does not load, and what to do
 */
function warnOfPortableEngine(why) {
  if (isSaid('portable engine')) return
  const text =
    `logto-authkit verifies with its portable engine, which accepts and refuses the same and takes longer. ${why} ` +
    "Where that cannot be, the option engine: 'portable' says that it is meant."
  warn(text, 'LOGTO_AUTHKIT_PORTABLE_ENGINE')
}

/**
 * A request got 500, since the app is set up wrongly. Said once for each mistake, past `--no-warnings`, too.
 *
 * @param {AuthError} error
 */
function tellOfMistake(error) {
  if (isSaid(`mistake ${error.message}`)) return
  console.error('logto-authkit answers 500, as it cannot verify tokens. This is said once.\n', error)
}

/** For the doctor, whose report says all this at greater length. */
function muteWarnings() {
  isMuted = true
}

/** @param {string} text */
function isSaid(text) {
  if (said.has(text)) return true
  if (said.size >= MAX_SAID) said.clear()
  said.add(text)
  return false
}

/**
 * Edge runtimes have no `process.emitWarning`, or one that throws.
 *
 * @param {string} text
 * @param {string} code
 * @param {string} [detail]
 */
function warn(text, code, detail) {
  if (isMuted) return
  try {
    const { process } = globalThis
    process.emitWarning(text, { type: 'LogtoAuthkitWarning', code, detail })
  } catch {
    console.warn(`[${code}] ${text}${detail === undefined ? '' : `\n${detail}`}`)
  }
}

/**
 * The lines of the stack that say where something was thrown, without the message.
 *
 * @param {any} error
 * @returns {string | undefined}
 */
function placeOf(error) {
  try {
    const { stack, message } = error
    if (typeof stack !== 'string' || typeof message !== 'string') return undefined
    const start = stack.indexOf(message)
    return start < 0 ? undefined : stack.slice(start + message.length).replace(/^\s*\n/, '')
  } catch {
    return undefined
  }
}

module.exports = {
  muteWarnings,
  tellOfMistake,
  warnOfFailedOnError,
  warnOfIdToken,
  warnOfMissedRevocations,
  warnOfPortableEngine,
  warnOfUnavailableKeys,
  warnOfUnstoredRevocation,
}
