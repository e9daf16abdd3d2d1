// Tokens that end before their time.

import { Redis } from 'ioredis'
import type { LogtoWebhookEvent, RevocationList, RevocationLog } from 'logto-authkit'
import {
  createExpressAuthMiddleware,
  createExpressLogoutHandler,
  createExpressWebhookHandler,
  createLogoutHandler,
  createRevocationList,
  createWebhookHandler,
  verifyLogoutToken,
  verifyWebhook,
} from 'logto-authkit'
import { redisLog } from 'logto-authkit/redis'
import { createClient } from 'redis'

const options = { logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' }

export const lists: RevocationList[] = [
  createRevocationList(),
  createRevocationList({ maxTokenLifetime: 3_600, whenBehind: 'refuse', maxBehindMs: 5_000 }),
  createRevocationList({ log: redisLog(createClient(), { key: 'revocations' }) }),
  createRevocationList({ log: redisLog(new Redis(), { key: 'revocations' }) }),
]

/** A log of the app's own. */
const log: RevocationLog = {
  append: async (entry) => entry.ids.length,
  follow({ since, onEntry, onCaughtUp, onError }) {
    onEntry({ type: 'user', ids: ['ada'] }, since)
    onCaughtUp()
    onError(new Error('away'))
  },
}
const revocations = createRevocationList({ log })

export const guard = createExpressAuthMiddleware({ ...options, revocations })
export const POST: (request: Request) => Promise<Response> = createWebhookHandler({
  signingKey: ['a', 'b'],
  revocations,
})
export const handlers = [
  createExpressWebhookHandler({ signingKey: 'a', revocations, maxAgeMs: 60_000 }),
  createLogoutHandler({ logtoUrl: options.logtoUrl, clientId: 'app-1', revocations }),
  createExpressLogoutHandler({ logtoUrl: options.logtoUrl, clientId: 'app-1', revocations }),
]

export async function revoke(body: Uint8Array, signature: string | undefined): Promise<number> {
  const event: LogtoWebhookEvent = verifyWebhook(body, signature, 'key')
  const isRevoked: boolean = await revocations.apply(event)
  const { sub, sid, iat } = await verifyLogoutToken('token', { logtoUrl: options.logtoUrl, clientId: 'app-1' })
  await revocations.revokeUser(sub, { organizationId: 'org-1' })
  await revocations.revokeClient('app-1')
  await revocations.revokeToken('jti', { exp: iat })
  const { entries, isBehind, behindMs, skipped, lastError } = revocations.status()
  console.log(isRevoked, sid?.length, isBehind, behindMs, lastError?.length)
  return entries + skipped
}

// @ts-expect-error a token is remembered until it expires
revocations.revokeToken('jti')
// @ts-expect-error the list is one that createRevocationList made
createExpressAuthMiddleware({ ...options, revocations: new Map() })
// @ts-expect-error no such log
createRevocationList({ log: 'redis://localhost' })
// @ts-expect-error a key is needed
redisLog(createClient(), {})
