import { env } from 'cloudflare:workers'
import { type AuthContext, AuthError, buildGuestCookieHeader, verifyAuth } from 'logto-authkit'

const options = { logtoUrl: env.LOGTO_URL, audience: env.AUDIENCE }

/** By path: the guard of a route, and its answer. */
const ROUTES = new Map([
  ['/me', { options, answer: ({ userId, payload }: AuthContext) => Response.json({ userId, scope: payload?.scope }) }],
  [
    '/admin',
    {
      options: { ...options, requiredScope: 'admin:write' },
      answer: ({ userId }: AuthContext) => Response.json({ message: `Hello, admin ${userId}` }),
    },
  ],
  ['/feed', { options: { ...options, allowGuest: true }, answer: answerAnyone }],
])

export default {
  async fetch(request: Request) {
    const route = ROUTES.get(new URL(request.url).pathname)
    if (route === undefined) return Response.json({ error: 'Not found' }, { status: 404 })
    try {
      return route.answer(await verifyAuth(request, route.options))
    } catch (error) {
      return refuse(error)
    }
  },
}

/** A guest gets the id again that it is to keep: the browser sends it with the next request. Shared caches keep out. */
function answerAnyone(auth: AuthContext) {
  if (!auth.isGuest) return Response.json({ isGuest: false, userId: auth.userId })
  const { isGuest, guestId } = auth
  const headers = { 'Set-Cookie': buildGuestCookieHeader(guestId), 'Cache-Control': 'private' }
  return Response.json({ isGuest, guestId }, { headers })
}

/** 401, 403, or 503 during an outage of the tenant. Anything else is a mistake of this Worker's: 500, and the log. */
function refuse(error: unknown) {
  if (!(error instanceof AuthError) || error.status === 500) throw error
  const { status, headers, message, code } = error
  return Response.json({ error: message, code }, { status, headers })
}
