import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVerifier } from 'logto-authkit'
import { createTestIssuer } from 'logto-authkit/testing'

test('an organization is for its members', async () => {
  const issuer = await createTestIssuer()
  const verifier = createVerifier(issuer.options)
  const headers = { authorization: `Bearer ${issuer.issueToken({ sub: 'ada', organization: 'org-1' })}` }
  const request = new Request('https://api.example.com/organizations/org-1', { headers })
  assert.equal((await verifier.verify(request, { organization: 'org-1' })).userId, 'ada')
  await assert.rejects(verifier.verify(request, { organization: 'org-2' }), { code: 'organization_invalid' })
  await issuer.close()
})
