// Each mistake here must be an error: tsc complains of a directive that hides none.

import type { AuthContext, AuthErrorCode, VerifyAuthOptions } from 'logto-authkit'
import {
  AuthError,
  buildAuthCookieHeader,
  buildCsrfCookieHeader,
  createExpressAuthMiddleware,
  createVerifier,
  hasScopes,
  verifyAuth,
  verifyLogtoToken,
  verifyNextAuth,
  withNextAuth,
} from 'logto-authkit'
import { createTestIssuer, type TestIssuer } from 'logto-authkit/testing'

declare const options: VerifyAuthOptions
declare const auth: AuthContext
declare const request: Request
declare const issuer: TestIssuer

// @ts-expect-error audience is required
createVerifier({ logtoUrl: 'https://tenant.logto.app' })
// @ts-expect-error logtoUrl is required
createExpressAuthMiddleware({ audience: 'https://api.example.com' })
// @ts-expect-error options are not optional, nor empty
verifyAuth(request, {})
// @ts-expect-error options are required
verifyAuth(request)
// @ts-expect-error a misspelt option
createVerifier({ ...options, requiredScopes: 'admin:write' })
// @ts-expect-error a variable that was never set opens no door
createVerifier({ ...options, requiredScope: undefined })
// @ts-expect-error nor does it among others
createVerifier({ ...options, requiredScope: ['admin:write', undefined] })
// @ts-expect-error nor does it with a type
createVerifier({ ...options, tokenType: undefined })
// @ts-expect-error nor does it with an audience
createVerifier({ ...options, audience: undefined })
// @ts-expect-error an environment variable may be missing
createVerifier({ logtoUrl: process.env.LOGTO_URL, audience: 'https://api.example.com' })
// @ts-expect-error only a string is a token
verifyLogtoToken(request, options)
// @ts-expect-error a handler answers with a Response
withNextAuth(() => ({ hello: 'world' }), options)
// @ts-expect-error the handler asks for a context
withNextAuth((_request, _auth, ctx: { id: string }) => Response.json(ctx.id), options)(request)

// @ts-expect-error no such SameSite
buildAuthCookieHeader('token', { sameSite: 'lax' })
// @ts-expect-error a CSRF cookie for other sites is none
buildCsrfCookieHeader('token', { sameSite: 'None' })
// @ts-expect-error no such mode
hasScopes(auth, 'a', { mode: 'some' })

verifyNextAuth(request, options).then((result) => {
  // @ts-expect-error `auth` is sure only after a look at `success`
  result.auth.userId
})

// @ts-expect-error no such code
export const code: AuthErrorCode = 'token_late'
// @ts-expect-error only this package makes an AuthError
export const error = new AuthError('token_expired')

// @ts-expect-error no HMAC, not even in tests
createTestIssuer({ alg: 'HS256' })
// @ts-expect-error seconds
issuer.issueToken({ expiresIn: '1h' })
