// The documented import path, required from a CommonJS module.
import authkit = require('logto-authkit/server')
import testing = require('logto-authkit/testing')

const { AuthError, createVerifier, verifyAuth, verifyLogtoToken, verifyNextAuth, withNextAuth } = authkit

const options: authkit.VerifyAuthOptions = { logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' }

async function userOf(request: Request, token: string): Promise<string> {
  const { userId }: authkit.AuthContext = await verifyAuth(request, options)
  const { payload } = await verifyLogtoToken(token, options)
  return userId ?? payload.sub
}

async function handle(request: Request): Promise<Response> {
  const result: authkit.NextAuthResult = await verifyNextAuth(request, options)
  if (!result.success) {
    const { error, code, status, headers } = result
    return Response.json({ error, code }, { status, headers })
  }
  return Response.json({ userId: result.auth.userId })
}

const guarded = withNextAuth((_request, auth) => Response.json(auth), options)

async function warmUp(): Promise<authkit.Verifier> {
  const verifier: authkit.Verifier = createVerifier(options)
  await verifier.prefetch()
  return verifier
}

function isScopeMissing(error: unknown): boolean {
  const expected: authkit.AuthErrorCode = 'scope_missing'
  return error instanceof AuthError && error.code === expected
}

function scopesOf(payload: authkit.AuthPayload): string[] {
  authkit.requireScopes(payload, 'read:things')
  authkit.requireRole(payload, 'reader')
  return authkit.hasScopes(payload, 'a') && authkit.hasRole(payload, 'b') ? (payload.scope?.split(' ') ?? []) : []
}

function cookiesOf(token: string, guestId: string): string[] {
  const attributes: authkit.CookieAttributes = { sameSite: 'Lax' }
  const csrf: authkit.CsrfOptions = { maxAge: 60 }
  return [
    authkit.buildAuthCookieHeader(token, attributes),
    authkit.buildGuestCookieHeader(guestId, attributes),
    authkit.buildCsrfCookieHeader(authkit.generateCsrfToken(), csrf),
  ]
}

function middlewareOf(request: Request) {
  const { valid } = authkit.verifyCsrfToken(request)
  console.log(valid, authkit.CSRF_COOKIE_NAME, authkit.CSRF_HEADER_NAME)
  return [authkit.createExpressAuthMiddleware(options), authkit.createCsrfMiddleware()]
}

function forgetKeys(): void {
  authkit.invalidateJwksCache(options.logtoUrl)
  authkit.clearJwksCache()
}

async function tokenOf(sub: string): Promise<string> {
  const issuer: testing.TestIssuer = await testing.createTestIssuer()
  return issuer.issueToken({ sub })
}

export = { tokenOf, userOf, handle, guarded, warmUp, isScopeMissing, scopesOf, cookiesOf, middlewareOf, forgetKeys }
