import { verifyNextAuth } from 'logto-authkit/server'
import { type NextRequest, NextResponse } from 'next/server'
import { options } from './lib/auth'
import { signInUrl } from './lib/return-to'

/** The pages for people who are signed in. */
const GUARDED = /^\/account(?:\/|$)/

/** Sends whoever is not signed in to the sign-in. It is a courtesy: each page and each action checks by itself, too. */
export async function proxy(request: NextRequest) {
  const result = await verifyNextAuth(request, options)
  if (result.success) return NextResponse.next()
  const { status, headers, error, code } = result
  // An outage signs nobody out: the cookie stays, and works again after it.
  if (status === 503) return new Response('We cannot tell who you are. Try again in a minute.', { status, headers })

  const { pathname, search } = request.nextUrl
  // An action answers for itself.
  if (!GUARDED.test(pathname) || request.method === 'POST') return NextResponse.next()
  // Only a navigation can lead through the sign-in. Next.js itself fetches pages, too, and navigates after a refusal.
  if (status === 401 && isNavigation(request)) return NextResponse.redirect(signInUrl(pathname + search))
  return Response.json({ error, code }, { status, headers })
}

function isNavigation(request: NextRequest) {
  return (request.headers.get('sec-fetch-mode') ?? 'navigate') === 'navigate'
}

/** Pages. The routes below `api` answer for themselves, and those below `auth` are for everybody. */
export const config = { matcher: '/((?!_next/|api/|auth/|ready$).*)' }
