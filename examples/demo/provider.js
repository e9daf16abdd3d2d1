'use strict'

const { randomUUID } = require('node:crypto')
const express = require('express')
const jose = require('jose')
const { listen } = require('./listen')

const API = 'https://api.example.com'
const OTHER_API = 'https://billing.example.com'

const RESOURCES = [API, OTHER_API]
const SCOPES = ['read:profile', 'admin:write']

/**
 * Starts a stand-in for a Logto tenant: the OpenID provider that Logto is built on, on loopback, with Logto's paths,
 * algorithm (ES384) and access tokens (`at+jwt` for a resource, opaque without one).
 */
async function startProvider() {
  const client = { id: 'demo-service', secret: randomUUID() }
  const records = new Map()
  let handler
  let server = await listen((req, res) => handler(req, res))
  const { url, port } = server

  /** What the demo turns and reads while the provider runs. */
  const provider = { url, clientId: client.id, tokenTtlSeconds: 3600, jwksRequests: 0 }

  let keys = []
  const publish = async (newKeys) => {
    keys = newKeys
    handler = mount(await createProvider({ issuer: `${url}/oidc`, client, keys, records, provider }), provider)
  }
  await publish([await createSigningKey()])

  return Object.assign(provider, {
    fetchToken: (request) => fetchToken(`${url}/oidc/token`, client, request),
    /** Signs with a new key from now on; with `keepOld`, tokens of the previous keys stay valid. */
    rotateKeys: async ({ keepOld }) => publish([await createSigningKey(), ...(keepOld ? keys : [])]),
    stop: () => server.close(),
    /** Comes back after `stop`, at the same address. */
    async start() {
      server = await listen((req, res) => handler(req, res), port)
    },
  })
}

async function createProvider({ issuer, client, keys, records, provider }) {
  // An ES module, which `require` cannot load on every Node.js that this package supports.
  const { Provider, errors } = await import('oidc-provider')
  const oidc = new Provider(issuer, {
    adapter: (model) => adapterOf(model, records),
    jwks: { keys },
    routes: { jwks: '/jwks', token: '/token' },
    clients: [registrationOf(client)],
    clientDefaults: { id_token_signed_response_alg: 'ES384' },
    enabledJWA: { idTokenSigningAlgValues: ['ES384'] },
    scopes: SCOPES,
    ttl: { ClientCredentials: () => provider.tokenTtlSeconds },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_ctx, resource) {
          if (!RESOURCES.includes(resource)) throw new errors.InvalidTarget()
          return resourceServerOf(resource, keys[0])
        },
      },
    },
  })
  oidc.on('server_error', (_ctx, error) => console.error(error))
  return oidc
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

/** What makes a resource's tokens JWTs, signed with `key`. */
function resourceServerOf(resource, key) {
  const sign = { alg: key.alg, kid: key.kid }
  return { audience: resource, scope: SCOPES.join(' '), accessTokenFormat: 'jwt', jwt: { sign } }
}

function mount(oidc, provider) {
  const app = express()
  app.use('/oidc/jwks', (_req, _res, next) => {
    provider.jwksRequests += 1
    next()
  })
  app.use('/oidc', oidc.callback())
  return app
}

/** The least storage that keeps opaque tokens: a map, shared by the providers that follow one another. */
function adapterOf(model, records) {
  const keyOf = (id) => `${model}:${id}`
  return {
    find: async (id) => records.get(keyOf(id)),
    upsert: async (id, payload) => void records.set(keyOf(id), payload),
    destroy: async (id) => void records.delete(keyOf(id)),
  }
}

async function createSigningKey() {
  const { privateKey } = await jose.generateKeyPair('ES384', { extractable: true })
  const jwk = await jose.exportJWK(privateKey)
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
