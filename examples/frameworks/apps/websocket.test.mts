import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { createTestIssuer } from 'logto-authkit/testing'
import { WebSocket } from 'ws'
import { createApp } from './websocket.mjs'

const issuer = await createTestIssuer()
const server = createApp(issuer.options).listen(0)
const { port } = server.address() as AddressInfo
after(() => Promise.all([server.close(), issuer.close()]))

test('an organization is for its members', async () => {
  const headers = { authorization: `Bearer ${issuer.issueToken({ sub: 'ada', organization: 'org-1' })}` }
  const ask = (id: string) => {
    const socket = new WebSocket(`ws://localhost:${port}/organizations/${id}`, { headers })
    return new Promise<string | number | undefined>((resolve, reject) => {
      socket.once('message', (message) => {
        resolve(JSON.parse(String(message)).userId)
        socket.terminate()
      })
      socket.once('unexpected-response', (_request, response: IncomingMessage) => {
        resolve(response.statusCode)
        response.destroy()
      })
      socket.once('error', reject)
    })
  }
  assert.equal(await ask('org-1'), 'ada')
  assert.equal(await ask('org-2'), 403)
})
