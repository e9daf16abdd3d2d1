import { verifyAuth } from 'logto-authkit/server'
import { type NextRequest, NextResponse } from 'next/server'
import { options, privateCookie, TOKEN_COOKIE } from '../../../lib/auth'
import { returnUrl } from '../../../lib/return-to'
import { finishSignIn, pendingCookie } from '../../../lib/sign-in'

/** Where Logto sends the browser back to. */
export async function GET(request: NextRequest) {
  const { search, searchParams } = request.nextUrl
  const state = searchParams.get('state') ?? ''
  const { name, path } = pendingCookie(state)
  const pending = new URLSearchParams(request.cookies.get(name)?.value)
  const verifier = pending.get('verifier')
  // Not begun in this browser, or too long ago.
  if (verifier === null) return failure(400)

  let response: NextResponse
  try {
    const { access_token: token, expires_in: lifetime } = await finishSignIn(search, state, verifier)
    // A token that the guards refuse would send the browser round in circles between them and Logto.
    await verifyAuth(token, options)
    response = NextResponse.redirect(returnUrl(pending.get('returnTo')))
    response.cookies.set(TOKEN_COOKIE, token, privateCookie(lifetime))
  } catch (error) {
    console.error(error)
    response = failure(502)
  }
  response.cookies.set(name, '', privateCookie(0, path))
  return response
}

function failure(status: 400 | 502) {
  const headers = { 'Content-Type': 'text/html; charset=utf-8' }
  return new NextResponse('<p>The sign-in did not work. <a href="/auth/sign-in">Try again</a></p>', { status, headers })
}
