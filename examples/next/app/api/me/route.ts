import { verifyNextAuth } from 'logto-authkit/server'
import { options } from '../../../lib/auth'

export async function GET(request: Request) {
  const result = await verifyNextAuth(request, options)
  if (!result.success) {
    const { error, code, status, headers } = result
    return Response.json({ error, code }, { status, headers })
  }
  const { userId, payload } = result.auth
  return Response.json({ userId, scope: payload.scope })
}
