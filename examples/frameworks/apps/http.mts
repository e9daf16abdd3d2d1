import { createServer, type IncomingMessage } from 'node:http'
import {
  type AuthContext,
  AuthError,
  buildGuestCookieHeader,
  createVerifier,
  isReady,
  principalOf,
  type VerifyAuthOptions,
} from 'logto-authkit/server'

/** The server, for your tenant or for that of a test. */
export function createApp(options: VerifyAuthOptions) {
  const verifier = createVerifier(options)
  const anyone = createVerifier({ ...options, allowGuest: true })

  async function organizationOf(req: IncomingMessage, organization: string) {
    const auth = await verifier.verify(req, { organization })
    return { organizationId: principalOf(auth).organizationId }
  }

  /** A guest's id goes back into the cookie, on a response that no shared cache keeps. */
  function headersFor(auth: AuthContext): Record<string, string> {
    if (!auth.isGuest) return {}
    return { 'Set-Cookie': buildGuestCookieHeader(auth.guestId), 'Cache-Control': 'private' }
  }

  return createServer(async (req, res) => {
    if (req.url === '/readyz') return res.writeHead(isReady(options) ? 200 : 503).end()

    res.setHeader('Access-Control-Allow-Origin', 'https://app.example.com')
    res.setHeader('Access-Control-Expose-Headers', 'WWW-Authenticate, Retry-After')
    if (req.method === 'OPTIONS') {
      return res.writeHead(204, { 'Access-Control-Allow-Headers': 'Authorization' }).end()
    }

    const answer = (status: number, body: object, headers: Readonly<Record<string, string>> = {}) =>
      res.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
    try {
      const [, organization] = req.url?.match(/^\/organizations\/([^/]+)$/) ?? []
      if (organization !== undefined) return answer(200, await organizationOf(req, organization))
      if (req.url === '/profile') return answer(200, { userId: (await verifier.verify(req)).userId })
      if (req.url !== '/feed') return answer(404, { error: 'Not found' })
      const auth = await anyone.verify(req)
      const { userId, guestId } = auth
      return answer(200, auth.isAuthenticated ? { userId } : { guestId }, headersFor(auth))
    } catch (error) {
      if (error instanceof AuthError && error.status !== 500) {
        const { status, headers, code, message } = error
        return answer(status, { title: message, status, code }, headers)
      }
      console.error(error) // A bug, or a mistake in the set-up.
      return answer(500, { title: 'Internal error', status: 500 })
    }
  })
}
