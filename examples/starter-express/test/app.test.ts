import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { createTestIssuer, type TestIssuer } from 'logto-authkit/testing'
import { createApp } from '../src/app.js'

describe('the app', () => {
  let issuer: TestIssuer
  let server: ReturnType<ReturnType<typeof createApp>['listen']>
  let url: string
  before(async () => {
    issuer = await createTestIssuer()
    server = createApp({ ...issuer.options, webhookSigningKey: issuer.webhookSigningKey }).listen(0)
    await once(server, 'listening')
    url = `http://localhost:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.close()
    server.closeAllConnections()
    return issuer.close()
  })

  const ask = (path: string, token?: string, method = 'GET') =>
    fetch(url + path, { method, ...(token && { headers: { authorization: `Bearer ${token}` } }) })

  test('is alive without keys, and ready with them', async () => {
    assert.equal((await ask('/livez')).status, 200)
    while ((await ask('/readyz')).status === 503) await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal((await ask('/readyz')).status, 200)
  })

  test('tells a user who they are, and a stranger nothing', async () => {
    const response = await ask('/me', issuer.issueToken({ sub: 'ada', scope: 'invoices:read', client_id: 'web' }))
    assert.deepEqual(await response.json(), { userId: 'ada', clientId: 'web', scopes: ['invoices:read'] })

    const refused = await ask('/me')
    assert.equal(refused.status, 401)
    assert.match(refused.headers.get('www-authenticate') ?? '', /^Bearer/)
  })

  test('lets a user write invoices of the organization that the token is for', async () => {
    const token = issuer.issueToken({ organization: 'acme', scope: 'invoices:write' })
    assert.equal((await ask('/organizations/acme/invoices', token, 'POST')).status, 201)
    assert.equal((await ask('/organizations/globex/invoices', token, 'POST')).status, 403)

    const elsewhere = issuer.issueToken({ scope: 'invoices:write' })
    assert.equal((await ask('/organizations/acme/invoices', elsewhere, 'POST')).status, 403)
    const reader = issuer.issueToken({ organization: 'acme', scope: 'invoices:read' })
    assert.equal((await ask('/organizations/acme/invoices', reader, 'POST')).status, 403)
  })

  test('refuses the tokens of a user whom Logto says is suspended', async () => {
    const token = issuer.issueToken({ sub: 'mallory' })
    assert.equal((await ask('/me', token)).status, 200)
    const event = { event: 'User.SuspensionStatus.Updated', data: { id: 'mallory', isSuspended: true } }
    assert.equal((await fetch(`${url}/logto/webhook`, issuer.webhook(event))).status, 204)
    assert.equal((await ask('/me', token)).status, 401)
  })

  test('takes no suspension from anybody but Logto', async () => {
    const event = { event: 'User.SuspensionStatus.Updated', data: { id: 'ada', isSuspended: true } }
    const { headers, ...delivery } = issuer.webhook(event)
    assert.equal((await fetch(`${url}/logto/webhook`, delivery)).status, 401)
    assert.equal((await ask('/me', issuer.issueToken({ sub: 'ada' }))).status, 200)
  })

  test('answers a body that is not JSON without a word about itself', async () => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${url}/me`, { method: 'POST', headers, body: '{' })
    assert.equal(response.status, 400)
    assert.ok(!(await response.text()).includes('node_modules'))
  })
})
