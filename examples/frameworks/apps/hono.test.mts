import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createTestIssuer } from 'logto-authkit/testing'
import { createApp } from './hono.mjs'

const issuer = await createTestIssuer()
const app = createApp(issuer.options)
after(() => issuer.close())

test('an organization is for its members', async () => {
  const headers = { authorization: `Bearer ${issuer.issueToken({ organization: 'org-1' })}` }
  const get = (id: string) => app.request(`/organizations/${id}`, { headers })
  assert.deepEqual(await (await get('org-1')).json(), { organizationId: 'org-1' })
  assert.equal((await get('org-2')).status, 403)
})
