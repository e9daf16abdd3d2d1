'use strict'

// A token request by client credentials (RFC 6749 section 4.4), for one resource (RFC 8707) or organization.

const { hide, printable, quote } = require('../doctor/safe-text')

/** How long a tenant may take to answer, in milliseconds. */
const LIMIT_MS = 10_000

/**
 * What is asked for. `endpoint` is the token endpoint's URL.
 * @typedef {{ endpoint: string, clientId: string, clientSecret: string, resource: string | undefined,
 *   organization: string | undefined, scope: string | undefined }} Wanted
 *
 * What the tenant gives: the token, the seconds until it expires, and the scopes that it has, separated by spaces.
 * @typedef {{ token: string, expiresIn: number | null, scope: string }} Grant
 */

/** The tenant gives no token, or none that an API can verify. */
class TokenRefused extends Error {}

/** What answers is no tenant, or nothing answers. */
class TokenUnreachable extends Error {}

/**
 * What to do about an error of the token endpoint (RFC 6749 section 5.2, RFC 8707 section 2), as Logto means it.
 *
 * @type {Record<string, string>}
 */
const ADVICE = {
  invalid_client:
    'The tenant knows no such app, or the secret is not the app’s. Both are on the app’s page in the console.',
  invalid_target:
    'The tenant has no API resource of this indicator. Indicators are compared to the letter, slashes included.',
  invalid_scope: 'The API resource has no such permission.',
  unauthorized_client: 'The app is not a machine-to-machine app. Only those get tokens without a user.',
  access_denied: 'The app is no member of the organization. Add it on the organization’s page in the console.',
}

/**
 * Asks for a token.
 *
 * @param {Wanted} wanted
 * @returns {Promise<Grant>}
 * @throws {TokenRefused | TokenUnreachable} whose message has neither the secret nor a token
 */
async function requestToken(wanted) {
  const { status, answer } = await post(wanted)
  if (status !== 200) throw refused(status, answer, wanted)
  const { access_token: token, expires_in: expiresIn, scope } = answer
  if (typeof token !== 'string' || token === '') throw unreachable(wanted, 'its answer has no token')
  if (token.split('.').length !== 3) {
    throw new TokenRefused(
      'The tenant gave an opaque token, as it does where no resource is asked for: no API can verify it.',
    )
  }
  return {
    token,
    expiresIn: typeof expiresIn === 'number' ? expiresIn : null,
    scope: typeof scope === 'string' ? scope : '',
  }
}

/**
 * The answer to the request. Redirects are not followed: they would take the secret to another place.
 *
 * @param {Wanted} wanted
 * @returns {Promise<{ status: number, answer: Record<string, unknown> }>}
 */
async function post(wanted) {
  const { endpoint, resource, organization, scope } = wanted
  const form = Object.entries({ grant_type: 'client_credentials', resource, organization_id: organization, scope })
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { Authorization: `Basic ${credentialsOf(wanted)}` },
      body: new URLSearchParams(
        form.filter(/** @returns {entry is [string, string]} */ (entry) => entry[1] !== undefined),
      ),
      redirect: 'error',
      signal: AbortSignal.timeout(LIMIT_MS),
    })
    const answer = JSON.parse(await response.text())
    if (typeof answer !== 'object' || answer === null) throw new TypeError('an answer that is no object')
    return { status: response.status, answer }
  } catch (error) {
    if (error instanceof SyntaxError) throw unreachable(wanted, 'its answer is not JSON')
    throw unreachable(wanted, error.cause?.message ?? error.message)
  }
}

/**
 * @param {number} status
 * @param {Record<string, unknown>} answer
 * @param {Wanted} wanted
 */
function refused(status, { error, error_description: description }, wanted) {
  if (typeof error !== 'string') return unreachable(wanted, `it answers ${status} without an OAuth error`)
  const said = [error, description].filter((one) => typeof one === 'string').map((one) => quotable(one, wanted))
  const advice = Object.hasOwn(ADVICE, error) ? `\n${ADVICE[error]}` : ''
  return new TokenRefused(`The tenant answers ${status} ${said.join(': ')}${advice}`)
}

/**
 * @param {Wanted} wanted
 * @param {string} reason
 */
function unreachable(wanted, reason) {
  const said = `${wanted.endpoint} gives no token: ${reason}`
  const advice = 'Is the URL the tenant’s endpoint? logto-authkit doctor looks at the tenant.'
  return new TokenUnreachable(`${printable(hidden(said, wanted))}\n${advice}`)
}

/**
 * Hidden before it is cut, since a part of the secret would not be found.
 *
 * @param {string} text
 * @param {Wanted} wanted
 */
function quotable(text, wanted) {
  return printable(quote(hidden(text, wanted)))
}

/**
 * @param {string} text
 * @param {Wanted} wanted
 */
function hidden(text, wanted) {
  const { clientSecret } = wanted
  return hide(text, [credentialsOf(wanted), clientSecret, encodeURIComponent(clientSecret)])
}

/**
 * Both are encoded before they are joined (RFC 6749 section 2.3.1): an id may have a colon.
 *
 * @param {Wanted} wanted
 */
function credentialsOf({ clientId, clientSecret }) {
  return btoa([clientId, clientSecret].map(encodeURIComponent).join(':'))
}

module.exports = { TokenRefused, TokenUnreachable, requestToken }
