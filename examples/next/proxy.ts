import { verifyNextAuth } from 'logto-authkit/server'
import { type NextRequest, NextResponse } from 'next/server'
import { options } from './lib/auth'

export async function proxy(request: NextRequest) {
  const result = await verifyNextAuth(request, options)
  if (!result.success) return Response.json({ error: result.error }, { status: 401 })
  const headers = new Headers(request.headers)
  // Replaces whatever the client has sent under this name.
  headers.set('x-user-id', result.auth.userId)
  return NextResponse.next({ request: { headers } })
}

export const config = { matcher: '/private/:path*' }
