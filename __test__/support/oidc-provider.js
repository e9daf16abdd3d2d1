'use strict'

const { createHash, createPrivateKey, generateKeyPairSync, randomBytes, randomUUID } = require('node:crypto')
const express = require('express')
const { adapterOf } = require('../../examples/demo/adapter')
const { listen } = require('../../examples/demo/listen')

const CLIENT_ID = 'mcp-client'
const REDIRECT_URI = 'http://127.0.0.1:9/callback'

/**
 * Starts the OpenID provider that Logto is built on, with Logto's paths, algorithm and access tokens, and one public client,
 * which is registered beforehand. A person signs in by name alone.
 *
 * @param {object} options
 * @param {string[]} options.scopes of every resource
 * @param {Record<string, string[]>} options.accounts the scopes that each person holds
 * @param {(resource: string) => boolean} options.isResource whether the tenant has an API resource of that indicator
 */
async function startOidcProvider({ scopes, accounts, isResource }) {
  const app = express()
  const { url, close } = await listen(app)
  const issuer = `${url}/oidc`
  const oidc = await createProvider({ issuer, scopes, accounts, isResource })
  app.use('/oidc', oidc.callback())
  app.get('/sign-in/:uid', (req, res) =>
    oidc.interactionFinished(req, res, { login: { accountId: req.query.account } }),
  )

  return {
    url,
    issuer,
    clientId: CLIENT_ID,
    redirectUri: REDIRECT_URI,
    /** Signs a person in, as a browser would that was sent to a URL. Resolves to the code that the client gets. */
    signIn: (authorizationUrl, account) => signIn(new URL(authorizationUrl), account),
    /** An access token of a person, by code and PKCE. */
    fetchToken: (request) => fetchToken(issuer, request),
    close,
  }
}

async function createProvider({ issuer, scopes, accounts, isResource }) {
  const key = createSigningKey()
  // An ES module, which `require` cannot load on every Node.js that this package supports.
  const { Provider, errors } = await import('oidc-provider')
  const records = new Map()
  const oidc = new Provider(issuer, {
    adapter: (model) => adapterOf(model, records),
    jwks: { keys: [key] },
    routes: { jwks: '/jwks', token: '/token' },
    clients: [
      {
        client_id: CLIENT_ID,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        redirect_uris: [REDIRECT_URI],
        response_types: ['code'],
      },
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES384' },
    enabledJWA: { idTokenSigningAlgValues: ['ES384'] },
    scopes,
    findAccount: (_ctx, id) =>
      Object.hasOwn(accounts, id) ? { accountId: id, claims: () => ({ sub: id }) } : undefined,
    loadExistingGrant: (ctx) => grantScopes(ctx, accounts),
    interactions: { url: (_ctx, { uid }) => `/sign-in/${uid}` },
    pkce: { required: () => true },
    cookies: { keys: [randomUUID()] },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_ctx, resource) {
          if (!isResource(resource)) throw new errors.InvalidTarget()
          const sign = { alg: key.alg, kid: key.kid }
          return { audience: resource, scope: scopes.join(' '), accessTokenFormat: 'jwt', jwt: { sign } }
        },
      },
    },
  })
  oidc.on('server_error', (_ctx, error) => console.error(error))
  return oidc
}

/** Grants what a person holds, and leaves the rest of what was requested out of the token, as Logto does. */
async function grantScopes({ oidc }, accounts) {
  const { accountId } = oidc.session
  const grant = new oidc.provider.Grant({ accountId, clientId: oidc.client.clientId })
  for (const [resource, server] of Object.entries(oidc.resourceServers)) {
    for (const scope of server.scopes) {
      if (accounts[accountId].includes(scope)) grant.addResourceScope(resource, scope)
      else grant.rejectResourceScope(resource, scope)
    }
  }
  for (const scope of oidc.requestParamOIDCScopes) grant.rejectOIDCScope(scope)
  await grant.save()
  return grant
}

function createSigningKey() {
  // Not as an object: Node.js 20 can hang where it exports one as a JWK while the generator of that one is collected.
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-384',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return { ...createPrivateKey(privateKey).export({ format: 'jwk' }), kid: randomUUID(), alg: 'ES384', use: 'sig' }
}

async function signIn(start, account) {
  const cookies = new Map()
  for (let url = start, hops = 0; hops < 10; hops += 1) {
    if (url.href.startsWith(REDIRECT_URI)) return codeOf(url)
    if (url.pathname.startsWith('/sign-in/')) url.searchParams.set('account', account)
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      cookies.set(name, value)
    }
    const location = response.headers.get('Location')
    if (location === null) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
    url = new URL(location, url)
  }
  throw new Error(`${start} leads nowhere`)
}

function codeOf({ searchParams }) {
  if (!searchParams.has('code')) throw new Error(`The provider says no: ${searchParams}`)
  return searchParams.get('code')
}

async function fetchToken(issuer, { account, resource, scope = '' }) {
  const verifier = randomBytes(32).toString('base64url')
  const request = { client_id: CLIENT_ID, redirect_uri: REDIRECT_URI, resource }
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
  const query = new URLSearchParams({ ...request, ...pkce, response_type: 'code', scope })
  const code = await signIn(new URL(`${issuer}/auth?${query}`), account)
  const body = new URLSearchParams({ ...request, grant_type: 'authorization_code', code, code_verifier: verifier })
  const response = await fetch(`${issuer}/token`, { method: 'POST', body })
  const answer = await response.json()
  if (!response.ok) throw new Error(`${response.status}: ${JSON.stringify(answer)}`)
  return answer.access_token
}

module.exports = { startOidcProvider }
