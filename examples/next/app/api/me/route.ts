import { verifyNextAuth } from 'logto-authkit/server'
import { options } from '../../../lib/auth'

export async function GET(request: Request) {
  const result = await verifyNextAuth(request, options)
  if (!result.success) return Response.json({ error: result.error }, { status: 401 })
  const { userId, payload } = result.auth
  return Response.json({ userId, scope: payload.scope })
}
