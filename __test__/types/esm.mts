// The package root, imported as an ES module.

import type {
  AuthContext,
  AuthErrorCode,
  AuthPayload,
  CookieAttributes,
  CsrfOptions,
  NextAuthResult,
  Verifier,
  VerifyAuthOptions,
} from 'logto-authkit'
import {
  AuthError,
  buildAuthCookieHeader,
  buildCsrfCookieHeader,
  buildGuestCookieHeader,
  CSRF_COOKIE_NAME,
  CSRF_HEADER_NAME,
  clearJwksCache,
  createCsrfMiddleware,
  createExpressAuthMiddleware,
  createVerifier,
  exportJwks,
  generateCsrfToken,
  hasRole,
  hasScopes,
  invalidateJwksCache,
  requireRole,
  requireScopes,
  verifyAuth,
  verifyCsrfToken,
  verifyLogtoToken,
  verifyNextAuth,
  withNextAuth,
} from 'logto-authkit'
import type { TestIssuer, TestIssuerOptions, TestTokenOptions } from 'logto-authkit/testing'
import { createTestIssuer } from 'logto-authkit/testing'

const options: VerifyAuthOptions = {
  logtoUrl: 'https://tenant.logto.app',
  audience: ['https://api.example.com', 'https://api.example.org'],
  cookieName: 'logto_authtoken',
  requiredScope: ['read:things', 'write:things'],
  allowGuest: true,
  issuer: ['https://tenant.logto.app/oidc', 'https://auth.example.com/oidc'],
  jwksUri: 'http://logto.internal/oidc/jwks',
  clockTolerance: 5,
  tokenFrom: 'header',
  resourceMetadataUrl: 'https://api.example.com/.well-known/oauth-protected-resource/mcp',
  tokenType: 'at+jwt',
  jwksCacheTtlMs: 60_000,
  jwksMaxStaleMs: 0,
  skipJwksCache: false,
  jwks: { keys: [{ kty: 'EC' }] },
  initialJwks: exportJwks('https://tenant.example'),
  jwksTimeoutMs: 2_000,
  tokenCacheSize: 0,
  onError: (error) => console.warn(error.code, error.details),
}

export async function verifyAnything(request: Request, token: string): Promise<string | null> {
  const contexts: AuthContext[] = [
    await verifyAuth(token, options),
    await verifyAuth(request, options),
    await verifyAuth({ cookies: { logto_authtoken: token } }, options),
    await verifyLogtoToken(token, options),
  ]
  const { userId, isAuthenticated, isGuest, guestId, payload } = contexts[0]
  if (isGuest || !isAuthenticated) return guestId ?? null
  const expiry: number | undefined = payload.exp
  console.log(expiry, payload.scope?.split(' '), payload.jti, payload.client_id, payload.my_own_claim.nested)
  return userId
}

export async function verifyMany(tokens: string[]): Promise<AuthContext[]> {
  const verifier: Verifier = createVerifier(options)
  await verifier.prefetch()
  return Promise.all(tokens.map((token) => verifier.verify(token)))
}

export async function GET(request: Request): Promise<Response> {
  const result: NextAuthResult = await verifyNextAuth(request, options)
  if (result.success) return Response.json({ userId: result.auth.userId })
  if (result.auth) return Response.json({ guestId: result.auth.guestId })
  const { error, code, headers } = result
  const status: 401 | 403 | 503 = result.status
  return Response.json({ error, code }, { status, headers })
}

export const PATCH = withNextAuth((request, auth) => Response.json({ url: request.url, userId: auth.userId }), {
  ...options,
  onError: (error, request) => console.warn(error.code, request.headers.get('user-agent')),
})

/** As Next.js's own. */
interface NextRequest extends Request {
  nextUrl: URL
}

export const DELETE = withNextAuth((request: NextRequest) => Response.json(request.nextUrl.pathname), {
  ...options,
  onError: (error, request: NextRequest) => console.warn(error.code, request.nextUrl.pathname),
})

export const POST = withNextAuth((_request, auth) => Response.json({ userId: auth.userId }), options)

// What Next.js calls a route's handler with, where the path has parameters.
export const PUT: (request: Request, ctx: { params: Promise<{ id: string }> }) => Promise<Response> = withNextAuth(
  async (request: Request, auth, ctx: { params: Promise<{ id: string }> }) => {
    const { id } = await ctx.params
    return Response.json({ id, userId: auth.userId, method: request.method })
  },
  options,
)

export function authorize(auth: AuthContext, payload: AuthPayload): boolean {
  requireScopes(auth, 'admin:write')
  requireScopes(auth, ['admin:read', 'admin:write'], { mode: 'any' })
  requireRole(auth, 'admin')
  requireRole(payload, 'admin', { claimKeys: ['groups'] })
  return hasScopes(payload, 'read:things', { mode: 'all' }) && hasRole(null, 'admin') && hasScopes(undefined, ['a'])
}

export function explain(error: unknown): string {
  if (!(error instanceof AuthError)) throw error
  const code: AuthErrorCode = error.code
  const status: 401 | 403 | 500 | 503 = error.status
  if (code === 'scope_missing') return `${error.details.required}`
  return `${error.name} ${status} ${JSON.stringify(error.toJSON())}`
}

export function cookiesOf(token: string, guestId: string): string[] {
  const attributes: CookieAttributes = { maxAge: 3600, domain: 'example.com', path: '/', sameSite: 'None' }
  return [
    buildAuthCookieHeader(token),
    buildAuthCookieHeader(token, { ...attributes, cookieName: 'session' }),
    buildGuestCookieHeader(guestId, { ...attributes, secure: false }),
    buildCsrfCookieHeader(generateCsrfToken(), { sameSite: 'Lax', cookieName: CSRF_COOKIE_NAME }),
  ]
}

export function checkCsrf(request: Request): string | undefined {
  const result = verifyCsrfToken(request, { cookieName: CSRF_COOKIE_NAME, headerName: CSRF_HEADER_NAME })
  return result.error
}

const csrf: CsrfOptions = { cookieName: CSRF_COOKIE_NAME, headerName: CSRF_HEADER_NAME, sameSite: 'Strict' }

export const middleware = [createExpressAuthMiddleware(options), createCsrfMiddleware(), createCsrfMiddleware(csrf)]

export function forgetKeys(): void {
  invalidateJwksCache(options.logtoUrl)
  clearJwksCache()
}

export async function testWithIssuer(claims: TestTokenOptions): Promise<void> {
  const setup: TestIssuerOptions = { alg: 'EdDSA', audience: 'https://api.example.org' }
  const issuer: TestIssuer = await createTestIssuer(setup)
  const token: string = issuer.issueToken({ sub: 'ann', scope: 'read:things', expiresIn: -1, organization_id: 'org-1' })
  const others = [
    issuer.issueToken(),
    issuer.issueToken({ sub: undefined, client_id: undefined }),
    issuer.issueToken({ ...claims, audience: ['a', 'b'], header: { kid: 'another' } }),
  ]
  await verifyMany([token, ...others])
  await verifyAuth(token, { ...issuer.options, requiredScope: 'read:things', issuer: issuer.issuer })
  await issuer.rotateKeys()
  await issuer.rotateKeys({ withdraw: true })
  await issuer.goDown()
  await issuer.goUp()
  await issuer.close()
}
