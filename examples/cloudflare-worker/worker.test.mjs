import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createTestIssuer } from 'logto-authkit/testing'
import { unstable_startWorker } from 'wrangler'

const issuer = await createTestIssuer()
const worker = await unstable_startWorker({
  config: 'wrangler.jsonc',
  bindings: {
    LOGTO_URL: { type: 'plain_text', value: issuer.logtoUrl },
    AUDIENCE: { type: 'plain_text', value: issuer.audience },
  },
  dev: { server: { port: 0 }, inspector: false },
})
after(() => Promise.all([worker.dispose(), issuer.close()]))

test('only administrators are let in', async () => {
  const get = (scope = '') => {
    const headers = { authorization: `Bearer ${issuer.issueToken({ sub: 'ada', scope })}` }
    return worker.fetch('http://localhost/admin', { headers })
  }
  assert.deepEqual(await (await get('admin:write')).json(), { message: 'Hello, admin ada' })
  assert.equal((await get()).status, 403)
})
