import { isReady } from 'logto-authkit/server'
import { options } from '../../lib/auth'

export const dynamic = 'force-dynamic'

/** For the readiness probe: 503 until the keys are there. To ask is to have them fetched. */
export function GET() {
  return new Response(null, { status: isReady(options) ? 204 : 503 })
}
