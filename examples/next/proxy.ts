import { verifyNextAuth } from 'logto-authkit/server'
import { type NextRequest, NextResponse } from 'next/server'
import { options } from './lib/auth'

export async function proxy(request: NextRequest) {
  const result = await verifyNextAuth(request, options)
  if (!result.success) {
    const { error, code, status, headers } = result
    return Response.json({ error, code }, { status, headers })
  }
  const headers = new Headers(request.headers)
  // Replaces whatever the client has sent under this name.
  headers.set('x-user-id', result.auth.userId)
  return NextResponse.next({ request: { headers } })
}

export const config = { matcher: '/private/:path*' }
