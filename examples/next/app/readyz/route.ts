import { isReady } from 'logto-authkit/server'
import { options } from '../../lib/auth'

export const dynamic = 'force-dynamic'

export function GET() {
  return new Response(null, { status: isReady(options) ? 200 : 503 })
}
