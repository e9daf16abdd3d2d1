import { type NextRequest, NextResponse } from 'next/server'
import { privateCookie } from '../../../lib/auth'
import { returnUrl } from '../../../lib/return-to'
import { beginSignIn, pendingCookie } from '../../../lib/sign-in'

/** Ten minutes, in seconds. */
const LONGEST_SIGN_IN = 600

/** Sends the browser to Logto. What has to be the same when it comes back is in a cookie meanwhile. */
export async function GET(request: NextRequest) {
  const begun = await beginSignIn().catch((error: unknown) => console.error(error))
  if (begun === undefined) return new Response('Nobody can sign in at the moment.', { status: 503 })
  const { url, state, verifier } = begun
  const returnTo = returnUrl(request.nextUrl.searchParams.get('returnTo')).href
  const { name, path } = pendingCookie(state)
  const response = NextResponse.redirect(url)
  response.cookies.set(name, `${new URLSearchParams({ verifier, returnTo })}`, privateCookie(LONGEST_SIGN_IN, path))
  return response
}
