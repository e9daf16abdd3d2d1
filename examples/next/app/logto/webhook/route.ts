import { createWebhookHandler } from 'logto-authkit/server'
import { revocations } from '../../../lib/revocations'

// Made at the request: next build loads this module, too, and may run without the key.
export function POST(request: Request) {
  const { LOGTO_WEBHOOK_KEY: signingKey = '' } = process.env
  return createWebhookHandler({ signingKey, revocations })(request)
}
