'use strict'

const { randomUUID } = require('node:crypto')

const TTL_SECONDS = 600
const MOST_PENDING = 1000

/** What openid-client says of a wrong state or issuer, and of a provider that says no. */
const REFUSED = new Set(['OAUTH_INVALID_RESPONSE', 'OAUTH_AUTHORIZATION_RESPONSE_ERROR', 'OAUTH_RESPONSE_BODY_ERROR'])

/**
 * Signs people in at an OpenID provider: authorization code with PKCE (RFC 7636), of which the browser only ever sees the
 * code. The verifier and the state stay here, under an id that the browser has to bring back.
 *
 * @param app its `issuer`, `clientId`, `clientSecret` and `redirectUri`, and the `resource` and `scope` of its tokens
 */
async function createSignIn({ issuer, clientId, clientSecret, redirectUri, resource, scope }) {
  // An ES module, which `require` cannot load on every Node.js that this package supports.
  const client = await import('openid-client')
  // The provider of the demo speaks plain HTTP. A tenant does not, and needs no such leave.
  const insecure = { execute: [client.allowInsecureRequests] }
  const authentication = client.ClientSecretBasic(clientSecret)
  const metadata = { id_token_signed_response_alg: 'ES384' }
  const config = await client.discovery(new URL(issuer), clientId, metadata, authentication, insecure)
  const pending = new Map()

  return {
    /** Returns the `url` to send a browser to, and the `id` that it has to keep meanwhile. */
    async begin() {
      const id = randomUUID()
      const verifier = client.randomPKCECodeVerifier()
      const state = client.randomState()
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        resource,
        scope,
        state,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        // To sign out of this app is not to sign out of the provider: it would let the same person in without a word.
        prompt: 'login',
      })
      if (pending.size === MOST_PENDING) pending.delete(pending.keys().next().value)
      pending.set(id, { verifier, state, expiresAt: Date.now() + TTL_SECONDS * 1000 })
      return { id, url: url.href }
    },

    /**
     * Exchanges the code for tokens, once per `id`, however it ends. Returns `accessToken`, `expiresIn` in seconds, the
     * `refreshToken`, and the ids of the person's `organizations`.
     *
     * @param {URL} url that the browser came back to
     * @throws with `status` 400 where this is not what was begun with that `id`, 502 where the provider does not answer
     */
    async finish(id, url) {
      const begun = pending.get(id)
      pending.delete(id)
      if (begun === undefined || begun.expiresAt <= Date.now()) throw refusal('The sign-in', 400)
      const checks = { expectedState: begun.state, pkceCodeVerifier: begun.verifier, idTokenExpected: true }
      try {
        const tokens = await client.authorizationCodeGrant(config, url, checks, { resource })
        return { ...accessOf(tokens), organizations: tokens.claims().organizations }
      } catch (error) {
        throw refusal('The sign-in', REFUSED.has(error.code) ? 400 : 502, error)
      }
    },

    /**
     * Fetches another token of the same person: for the resource within an organization, or a plain one. Returns what `finish`
     * does, without the organizations.
     *
     * @param {string} refreshToken
     * @param {string} [organizationId]
     * @throws with `status` 403 where the provider says no, as to somebody who is no member, 502 where it does not answer
     */
    async switchTo(refreshToken, organizationId) {
      const within = organizationId === undefined ? {} : { organization_id: organizationId }
      try {
        return accessOf(await client.refreshTokenGrant(config, refreshToken, { resource, ...within }))
      } catch (error) {
        throw refusal('A token for this organization', REFUSED.has(error.code) ? 403 : 502, error)
      }
    },
  }
}

function accessOf({ access_token: accessToken, expires_in: expiresIn, refresh_token: refreshToken }) {
  return { accessToken, expiresIn, refreshToken }
}

function refusal(what, status, cause) {
  return Object.assign(new Error(`${what} is refused`, { cause }), { status })
}

module.exports = { TTL_SECONDS, createSignIn }
