import { createWebhookHandler } from 'logto-authkit/server'
import { revocations } from '../../../lib/revocations'

// Made at the request: next build loads this module, too, and may run without the key.
export function POST(request: Request) {
  return createWebhookHandler({ signingKey: process.env.LOGTO_WEBHOOK_KEY as string, revocations })(request)
}
