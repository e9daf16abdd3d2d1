import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createTestIssuer } from 'logto-authkit/testing'
import { createApp } from './app.js'

test('users reach /me, and /admin only with its scope', async (t) => {
  const issuer = await createTestIssuer()
  const server = createApp(issuer.options).listen(0)
  t.after(() => server.close())
  const statusOf = async (path: string, headers = {}) => {
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://localhost:${port}${path}`, { headers: { connection: 'close', ...headers } })
    return response.status
  }
  const user = { authorization: `Bearer ${issuer.issueToken({ sub: 'ada' })}` }
  const admin = { authorization: `Bearer ${issuer.issueToken({ scope: 'admin:write' })}` }

  assert.equal(await statusOf('/me'), 401)
  assert.equal(await statusOf('/me', user), 200)
  assert.equal(await statusOf('/admin', user), 403)
  assert.equal(await statusOf('/admin', admin), 200)
})
