import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { createTestIssuer } from 'logto-authkit/testing'
import { createHandler } from './trpc.mjs'

const issuer = await createTestIssuer()
const server = createServer(createHandler(issuer.options)).listen(0)
const { port } = server.address() as AddressInfo
after(() => Promise.all([server.close().closeAllConnections(), issuer.close()]))

test('an organization is for its members', async () => {
  const headers = { authorization: `Bearer ${issuer.issueToken({ organization: 'org-1' })}` }
  const get = (id: string) => fetch(`http://localhost:${port}/organization?input="${id}"`, { headers })
  assert.deepEqual(await (await get('org-1')).json(), { result: { data: { organizationId: 'org-1' } } })
  assert.equal((await get('org-2')).status, 403)
})
