import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createTestIssuer } from 'logto-authkit/testing'
import { createHandler } from './gateway.mjs'

const issuer = await createTestIssuer()
const handler = createHandler(issuer.options)
after(() => issuer.close())

test('an organization is for its members', async () => {
  const headers = { authorization: `Bearer ${issuer.issueToken({ organization: 'org-1' })}` }
  const get = (id: string) => handler({ rawPath: `/organizations/${id}`, headers })
  assert.deepEqual(JSON.parse((await get('org-1')).body), { organizationId: 'org-1' })
  assert.equal((await get('org-2')).statusCode, 403)
})
