import { type NextRequest, NextResponse } from 'next/server'
import { privateCookie, TOKEN_COOKIE } from '../../../lib/auth'
import { appUrl } from '../../../lib/settings'
import { endSessionUrl } from '../../../lib/sign-in'

/**
 * Forgets the token, and ends Logto's session, too. A copy of the token stays good until it expires: docs/revocation.md of
 * logto-authkit says how to end that as well.
 */
export async function POST(request: NextRequest) {
  // No other site signs anybody out.
  if (request.headers.get('origin') !== appUrl().origin) return new Response(null, { status: 403 })
  // Where Logto is away, the sign-out is one of this app alone.
  const response = NextResponse.redirect(await endSessionUrl().catch(() => appUrl()), 303)
  response.cookies.set(TOKEN_COOKIE, '', privateCookie(0))
  return response
}
