import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startStandaloneServer } from '@apollo/server/standalone'
import { createTestIssuer } from 'logto-authkit/testing'
import { createApp } from './apollo.mjs'

const issuer = await createTestIssuer()
const { server, context } = createApp(issuer.options)
const { url } = await startStandaloneServer(server, { context, listen: { port: 0 } })
after(() => Promise.all([server.stop(), issuer.close()]))

test('an organization is for its members', async () => {
  const token = issuer.issueToken({ organization: 'org-1' })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const ask = (id: string) => {
    const body = JSON.stringify({ query: `{ organization(id: "${id}") }` })
    return fetch(url, { method: 'POST', headers, body })
  }
  assert.deepEqual(await (await ask('org-1')).json(), { data: { organization: 'org-1' } })
  assert.equal((await ask('org-2')).status, 403)
})
