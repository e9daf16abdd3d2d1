'use strict'

const { createPrivateKey, generateKeyPairSync, randomUUID } = require('node:crypto')
const express = require('express')
const jose = require('jose')
const { ORGANIZATIONS_SCOPE, findAccount, grantOwnScopes, scopesWithin, setSuspended } = require('./accounts')
const { adapterOf } = require('./adapter')
const { listen } = require('./listen')
const { signInRoutes } = require('./provider-sign-in')
const { deliver } = require('./webhook')

const API = 'https://api.example.com'
const OTHER_API = 'https://billing.example.com'

const RESOURCES = [API, OTHER_API]
const SCOPES = ['read:profile', 'admin:write', 'invoices:write']

/**
 * Starts a stand-in for a Logto tenant: the OpenID provider that Logto is built on, on loopback, with Logto's paths,
 * algorithm (ES384) and access tokens (`at+jwt` for a resource, opaque without one).
 */
async function startProvider() {
  const client = { id: 'demo-service', secret: randomUUID() }
  const records = new Map()
  const cookieKeys = [randomUUID()]
  let handler
  let server = await listen((req, res) => handler(req, res))
  const { url, port } = server

  /** What the demo turns and reads while the provider runs. */
  const provider = {
    url,
    clientId: client.id,
    clientSecret: client.secret,
    tokenTtlSeconds: 3600,
    accessTokenFormat: 'jwt',
    jwksRequests: 0,
    webhook: undefined,
  }

  let keys = []
  const publish = async (newKeys) => {
    keys = newKeys
    const issuer = `${url}/oidc`
    handler = mount(await createProvider({ issuer, client, keys, cookieKeys, records, provider }), provider)
  }
  await publish([await createSigningKey()])

  return Object.assign(provider, {
    fetchToken: (request) => fetchToken(`${url}/oidc/token`, client, request),
    /**
     * Knows a web app from now on, which people sign in to, and come back to `afterSignOut` from, where that is given. Returns its
     * `clientId` and `clientSecret`.
     */
    registerWebApp: (redirectUri, afterSignOut) => registerWebApp(redirectUri, afterSignOut, records),
    /** Suspends a person, or lifts their suspension, and tells the webhook. Returns what was delivered. */
    async suspend(username, isSuspended = true) {
      setSuspended(username, isSuspended)
      if (isSuspended) removeRefreshTokens(username, records)
      const data = { id: username, isSuspended }
      return deliver(provider.webhook, { event: 'User.SuspensionStatus.Updated', data })
    },
    /** Signs with a new key from now on; with `keepOld`, tokens of the previous keys stay valid. */
    rotateKeys: async ({ keepOld }) => publish([await createSigningKey(), ...(keepOld ? keys : [])]),
    stop: () => server.close(),
    /** Comes back after `stop`, at the same address. */
    async start() {
      server = await listen((req, res) => handler(req, res), port)
    },
  })
}

async function createProvider({ issuer, client, keys, cookieKeys, records, provider }) {
  // An ES module, which `require` cannot load on every Node.js that this package supports.
  const { Provider, errors } = await import('oidc-provider')
  const oidc = new Provider(issuer, {
    adapter: (model) => adapterOf(model, records),
    jwks: { keys },
    routes: { jwks: '/jwks', token: '/token' },
    clients: [registrationOf(client)],
    clientDefaults: { id_token_signed_response_alg: 'ES384' },
    enabledJWA: { idTokenSigningAlgValues: ['ES384'] },
    scopes: [...SCOPES, ORGANIZATIONS_SCOPE],
    claims: { openid: ['sub'], [ORGANIZATIONS_SCOPE]: ['organizations'] },
    // In the ID token too, where the web app looks for the organizations.
    conformIdTokenClaims: false,
    findAccount,
    loadExistingGrant: grantOwnScopes,
    interactions: { url: (_ctx, { uid }) => `/sign-in/${uid}` },
    // As for an app of Logto that is always issued one; others have to ask for `offline_access`.
    issueRefreshToken: (_ctx, app) => app.grantTypeAllowed('refresh_token'),
    extraTokenClaims: (ctx) => ({ organization_id: organizationOf(ctx) }),
    pkce: { required: () => true },
    cookies: { keys: cookieKeys },
    ttl: {
      ClientCredentials: () => provider.tokenTtlSeconds,
      AccessToken: () => provider.tokenTtlSeconds,
      ...Object.fromEntries(
        ['Interaction', 'Session', 'Grant', 'IdToken', 'RefreshToken'].map((model) => [model, 3600]),
      ),
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(ctx, resource) {
          if (!RESOURCES.includes(resource)) throw new errors.InvalidTarget()
          const organizationId = organizationOf(ctx)
          const scopes =
            organizationId === undefined ? SCOPES : scopesWithin(organizationId, ctx.oidc.account?.accountId)
          if (scopes === undefined) throw notMember(errors)
          return resourceServerOf(resource, scopes, keys[0], provider)
        },
      },
    },
  })
  oidc.on('server_error', (_ctx, error) => console.error(error))
  return oidc
}

/** The organization that a client names with its refresh token, as Logto's clients do. */
function organizationOf({ oidc: { params, body } }) {
  return params.grant_type === 'refresh_token' ? body.organization_id : undefined
}

/** What Logto says to a client that asks for an organization of others. */
function notMember(errors) {
  return Object.assign(new errors.AccessDenied('user is not a member of the organization'), { statusCode: 403 })
}

/** As Logto does with a suspension: nothing that was issued before is good for another token, even once it is lifted. */
function removeRefreshTokens(username, records) {
  for (const [key, { accountId }] of records) {
    if (key.startsWith('RefreshToken:') && accountId === username) records.delete(key)
  }
}

function registrationOf(client) {
  return {
    client_id: client.id,
    client_secret: client.secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope: SCOPES.join(' '),
  }
}

async function registerWebApp(redirectUri, afterSignOut, records) {
  const app = { clientId: 'demo-page', clientSecret: randomUUID() }
  await adapterOf('Client', records).upsert(app.clientId, {
    client_id: app.clientId,
    client_secret: app.clientSecret,
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: afterSignOut === undefined ? [] : [afterSignOut],
    response_types: ['code'],
    scope: ['openid', ORGANIZATIONS_SCOPE, ...SCOPES].join(' '),
  })
  return app
}

/** What makes a resource's tokens JWTs, signed with `key`, which have none but these scopes. */
function resourceServerOf(resource, scopes, key, { accessTokenFormat }) {
  const sign = { alg: key.alg, kid: key.kid }
  return { audience: resource, scope: scopes.join(' '), accessTokenFormat, jwt: { sign } }
}

function mount(oidc, provider) {
  const app = express()
  app.use('/oidc/jwks', (_req, _res, next) => {
    provider.jwksRequests += 1
    next()
  })
  app.use('/oidc', oidc.callback())
  app.use(signInRoutes(oidc))
  return app
}

async function createSigningKey() {
  // Not as an object: Node.js 20 can hang where it exports one as a JWK while the generator of that one is collected.
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-384',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const jwk = createPrivateKey(privateKey).export({ format: 'jwk' })
  return { ...jwk, kid: await jose.calculateJwkThumbprint(jwk), alg: 'ES384', use: 'sig' }
}

/** Fetches a machine-to-machine token. Without a `resource` it is opaque. */
async function fetchToken(endpoint, client, { scope, resource } = {}) {
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scope) form.set('scope', scope)
  if (resource) form.set('resource', resource)
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
    body: form,
  })
  const body = await response.json()
  if (!response.ok) throw new Error(`${endpoint} answered ${response.status}: ${JSON.stringify(body)}`)
  return body.access_token
}

module.exports = { API, OTHER_API, startProvider }
