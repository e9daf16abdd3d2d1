import {
  type AuthContext,
  AuthError,
  buildGuestCookieHeader,
  createVerifier,
  principalOf,
  type VerifyAuthOptions,
} from 'logto-authkit/server'

/** Of an HTTP API (payload format 2.0). */
interface Event {
  rawPath: string
  headers: Record<string, string>
  cookies?: string[]
}

/** The function, for your tenant or for that of a test. */
export function createHandler(options: VerifyAuthOptions) {
  const verifier = createVerifier(options)
  const anyone = createVerifier({ ...options, allowGuest: true })

  async function answerTo(event: Event) {
    const [, organization] = event.rawPath.match(/^\/organizations\/([^/]+)$/) ?? []
    if (organization !== undefined) {
      const auth = await verifier.verify(event, { organization })
      return answer(200, { organizationId: principalOf(auth).organizationId })
    }
    const auth = await anyone.verify(event)
    return answer(200, { userId: auth.userId, guestId: auth.guestId }, headersFor(auth))
  }

  return async (event: Event) => {
    try {
      return await answerTo(event)
    } catch (error) {
      if (!(error instanceof AuthError) || error.status === 500) throw error
      const { status, headers, code, message } = error
      return answer(status, { title: message, status, code }, headers)
    }
  }
}

/** A guest's id goes back into the cookie, on a response that no shared cache keeps. */
function headersFor(auth: AuthContext): Record<string, string> {
  if (!auth.isGuest) return {}
  return { 'Set-Cookie': buildGuestCookieHeader(auth.guestId), 'Cache-Control': 'private' }
}

function answer(statusCode: number, body: object, headers: Readonly<Record<string, string>> = {}) {
  return { statusCode, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) }
}
