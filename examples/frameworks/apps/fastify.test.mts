import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createTestIssuer } from 'logto-authkit/testing'
import { createApp } from './fastify.mjs'

const issuer = await createTestIssuer()
const app = createApp(issuer.options)
after(() => Promise.all([app.close(), issuer.close()]))

test('an organization is for its members', async () => {
  const headers = { authorization: `Bearer ${issuer.issueToken({ organization: 'org-1' })}` }
  const get = (id: string) => app.inject({ url: `/organizations/${id}`, headers })
  assert.deepEqual((await get('org-1')).json(), { organizationId: 'org-1' })
  assert.equal((await get('org-2')).statusCode, 403)
})
