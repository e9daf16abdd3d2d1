import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createTestIssuer } from 'logto-authkit/testing'
import { createApp } from './nest.mjs'

const issuer = await createTestIssuer()
const app = await createApp(issuer.options)
await app.listen(0)
after(() => Promise.all([app.close(), issuer.close()]))

test('an organization is for its members', async () => {
  const headers = { authorization: `Bearer ${issuer.issueToken({ organization: 'org-1' })}` }
  const url = await app.getUrl()
  const get = (id: string) => fetch(`${url}/organizations/${id}`, { headers })
  assert.deepEqual(await (await get('org-1')).json(), { organizationId: 'org-1' })
  assert.equal((await get('org-2')).status, 403)
})
