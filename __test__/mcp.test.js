'use strict'

// MCP servers, guarded by this package, and the client of the MCP SDK, which knows nothing but their URL.

const assert = require('node:assert/strict')
const { join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { UnauthorizedError } = require('@modelcontextprotocol/sdk/client/auth.js')
const { Client } = require('@modelcontextprotocol/sdk/client/index.js')
const { StreamableHTTPClientTransport } = require('@modelcontextprotocol/sdk/client/streamableHttp.js')
const { freePort } = require('../tools/free-port')
const { startApp } = require('./frameworks/start')
const { startOidcProvider } = require('./support/oidc-provider')

const EXAMPLES = join(__dirname, '../examples/mcp')
const OTHER_RESOURCE = 'http://localhost:9/other'

const CALL = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list-notes', arguments: {} } }
const WRITING_CALL = { ...CALL, params: { name: 'add-note', arguments: { note: 'x' } } }

const resources = [OTHER_RESOURCE]
let provider
before(async () => {
  provider = await startOidcProvider({
    scopes: ['notes:read', 'notes:write'],
    accounts: { ada: ['notes:read', 'notes:write'], bob: ['notes:read'] },
    isResource: (resource) => resources.includes(resource),
  })
})
after(() => provider.close())

/** Rows: [the example, the engine, its environment]. */
const SERVERS = [
  ['express.js', 'native', {}],
  ['hono.js', 'native', {}],
  ['hono.js', 'portable', { NODE_OPTIONS: '--conditions=edge-light' }],
]

for (const [file, engine, environment] of SERVERS) {
  describe(`examples/mcp/${file}, on the ${engine} engine,`, { timeout: 120_000 }, () => {
    const server = {}
    before(async () => {
      const port = await freePort()
      const resource = `http://localhost:${port}/mcp`
      resources.push(resource)
      const metadata = `http://localhost:${port}/.well-known/oauth-protected-resource/mcp`
      const env = { ...environment, PORT: String(port), RESOURCE: resource }
      const app = await startApp(EXAMPLES, file, { logtoUrl: provider.url, audience: '' }, { env })
      Object.assign(server, { resource, metadata, stop: app.stop })
    })
    after(() => server.stop?.())

    testServer(server)
  })
}

function testServer(server) {
  const tokenOf = (account, resource = server.resource, scope = 'notes:read') =>
    provider.fetchToken({ account, resource, scope })

  test('answers a request without a token with 401, and says where the metadata are', async () => {
    for (const method of ['POST', 'GET', 'DELETE']) {
      const response = await fetch(server.resource, { method })
      assert.equal(response.status, 401)
      assert.equal(response.headers.get('WWW-Authenticate'), `Bearer resource_metadata="${server.metadata}"`)
    }
  })

  test('serves the metadata there, and where clients look that have not asked', async () => {
    for (const url of [server.metadata, server.metadata.replace(/\/mcp$/, '')]) {
      const response = await fetch(url)
      assert.deepEqual(await response.json(), {
        resource: server.resource,
        authorization_servers: [provider.issuer],
        scopes_supported: ['notes:read'],
        bearer_methods_supported: ['header'],
      })
    }
  })

  test('refuses a token of the same user for another resource with 401', async () => {
    const response = await post(server.resource, CALL, await tokenOf('ada', OTHER_RESOURCE))
    assert.equal(response.status, 401)
    const described = 'error_description="Token verification failed: Invalid audience"'
    const expected = `Bearer error="invalid_token", ${described}, resource_metadata="${server.metadata}"`
    assert.equal(response.headers.get('WWW-Authenticate'), expected)
  })

  test('refuses a token without the scope with 403, and names the scope', async () => {
    const response = await post(server.resource, CALL, await tokenOf('ada', server.resource, 'notes:write'))
    assert.equal(response.status, 403)
    const described = 'error_description="Token verification failed: Missing required scope: notes:read"'
    const challenge = `Bearer error="insufficient_scope", ${described}, scope="notes:read"`
    assert.equal(response.headers.get('WWW-Authenticate'), `${challenge}, resource_metadata="${server.metadata}"`)
  })

  test('refuses a tool that needs more scopes with 403, alone and in a batch, and names them all', async () => {
    const token = await tokenOf('ada')
    for (const body of [WRITING_CALL, [CALL, WRITING_CALL]]) {
      const response = await post(server.resource, body, token)
      assert.equal(response.status, 403)
      assert.match(
        response.headers.get('WWW-Authenticate'),
        /error="insufficient_scope".*scope="notes:read notes:write"/,
      )
    }
    assert.equal((await post(server.resource, CALL, token)).status, 200)
  })

  test('does not look at cookies', async () => {
    const headers = { cookie: `logto_authtoken=${await tokenOf('ada')}` }
    assert.equal((await fetch(server.resource, { method: 'POST', headers })).status, 401)
  })

  test('answers what is no JSON with 400', async () => {
    const headers = { ...HEADERS, authorization: `Bearer ${await tokenOf('ada')}` }
    const response = await fetch(server.resource, { method: 'POST', headers, body: '{' })
    assert.equal(response.status, 400)
  })

  test('lets a client find the tenant, sign its user in by code and PKCE, and call a tool as that user', async (t) => {
    const user = createUser('ada')
    await assert.rejects(connect(t, server, user), UnauthorizedError)

    const { origin, pathname, searchParams } = user.sentTo
    assert.equal(origin + pathname, `${provider.issuer}/auth`)
    const { resource, scope, code_challenge_method, client_id } = Object.fromEntries(searchParams)
    assert.deepEqual(
      [resource, scope, code_challenge_method, client_id],
      [server.resource, 'notes:read', 'S256', provider.clientId],
    )

    await user.finish()
    const client = await connect(t, server, user)
    assert.deepEqual(await callTool(client, 'list-notes'), { userId: 'ada', notes: [] })
  })

  test('lets a client ask its user for the scopes that a tool needs besides', async (t) => {
    const user = createUser('ada')
    await assert.rejects(connect(t, server, user), UnauthorizedError)
    await user.finish()
    const client = await connect(t, server, user)

    await assert.rejects(callTool(client, 'add-note', { note: 'buy milk' }), UnauthorizedError)
    assert.equal(user.sentTo.searchParams.get('scope'), 'notes:read notes:write')
    await user.finish()
    assert.deepEqual(await callTool(client, 'add-note', { note: 'buy milk' }), { userId: 'ada', notes: ['buy milk'] })

    const bob = createUser('bob')
    await assert.rejects(connect(t, server, bob), UnauthorizedError)
    await bob.finish()
    assert.deepEqual(await callTool(await connect(t, server, bob), 'list-notes'), { userId: 'bob', notes: [] })
  })

  test('has a client whose user does not hold the scope ask once, and no more', async (t) => {
    const user = createUser('bob')
    await assert.rejects(connect(t, server, user), UnauthorizedError)
    await user.finish()
    const client = await connect(t, server, user)

    await assert.rejects(callTool(client, 'add-note', { note: 'x' }), UnauthorizedError)
    await user.finish()
    await assert.rejects(callTool(client, 'add-note', { note: 'x' }), { code: 403 })
    assert.equal(user.redirects, 2)
  })
}

const HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' }

function post(url, body, token) {
  const headers = { ...HEADERS, authorization: `Bearer ${token}` }
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
}

/**
 * A user of the SDK's client, who is sent to the tenant and signs in there: an `OAuthClientProvider` of the SDK, with a client
 * that was registered beforehand, as Logto wants it.
 */
function createUser(account) {
  const saved = {}
  const user = {
    redirects: 0,
    redirectUrl: provider.redirectUri,
    clientMetadata: { redirect_uris: [provider.redirectUri] },
    clientInformation: () => ({ client_id: provider.clientId }),
    tokens: () => saved.tokens,
    saveTokens(tokens) {
      saved.tokens = tokens
    },
    codeVerifier: () => saved.verifier,
    saveCodeVerifier(verifier) {
      saved.verifier = verifier
    },
    redirectToAuthorization(url) {
      user.sentTo = url
      user.redirects += 1
    },
    async finish() {
      await user.transport.finishAuth(await provider.signIn(user.sentTo, account))
    },
  }
  return user
}

async function connect(t, server, user) {
  const client = new Client({ name: 'test', version: '1.0.0' })
  t.after(() => client.close())
  user.transport = new StreamableHTTPClientTransport(new URL(server.resource), { authProvider: user })
  await client.connect(user.transport)
  return client
}

async function callTool(client, name, args = {}) {
  const { content } = await client.callTool({ name, arguments: args })
  return JSON.parse(content[0].text)
}
