// What the compiler knows of a context once a program has looked at it, and what it must not take for granted before.

import {
  type AuthContext,
  type AuthenticatedContext,
  type AuthPayload,
  createVerifier,
  type GuestContext,
  hasScopes,
  type NextAuthResult,
  requireRole,
  type Verifier,
  type VerifyAuthOptions,
  verifyAuth,
  verifyLogtoToken,
  verifyNextAuth,
  withNextAuth,
} from 'logto-authkit'

declare const options: VerifyAuthOptions
declare const request: Request
declare const auth: AuthContext

/** Compiles only where a type is neither wider nor narrower than expected. */
declare function isExactly<Expected>(): <Actual>(
  value: Actual,
  ...proof: Same<Actual, Expected> extends true ? [] : [never]
) => void
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

export function narrowByAuthentication(): void {
  if (auth.isAuthenticated) {
    isExactly<AuthenticatedContext>()(auth)
    isExactly<string>()(auth.userId)
    isExactly<string>()(auth.payload.sub)
    isExactly<undefined>()(auth.guestId)
  } else {
    isExactly<GuestContext>()(auth)
    isExactly<null>()(auth.userId)
    isExactly<string>()(auth.guestId)
  }
}

export function narrowByGuest(): void {
  if (auth.isGuest) {
    isExactly<string>()(auth.guestId)
    isExactly<null>()(auth.payload)
  } else {
    isExactly<AuthPayload>()(auth.payload)
  }
}

export function narrowDestructured({ isGuest, guestId, userId, payload }: AuthContext): string {
  return isGuest ? guestId : `${userId.toUpperCase()} ${payload.sub}`
}

export function readUnnarrowed(): void {
  isExactly<string | null>()(auth.userId)
  isExactly<AuthPayload | null>()(auth.payload)
  isExactly<string | undefined>()(auth.guestId)
  // @ts-expect-error a guest has no user id
  auth.userId.toUpperCase()
  // @ts-expect-error a guest has no payload
  auth.payload.sub
  // @ts-expect-error only a guest has a guest id
  auth.guestId.length
  // @ts-expect-error a token may have no scope
  if (auth.isAuthenticated) auth.payload.scope.split(' ')
}

// Neither is a context: the halves belong together.
// @ts-expect-error an authenticated context has a payload
export const noPayload: AuthContext = { userId: 'u', isAuthenticated: true, payload: null, isGuest: false }
// @ts-expect-error a guest has an id
export const noGuestId: AuthContext = { userId: null, isAuthenticated: false, payload: null, isGuest: true }

/** A tenant's own claims. */
interface Claims {
  sub: string
  organization_id: string
  roles?: string[]
}

export async function verifyWithClaims(token: string): Promise<string | undefined> {
  const given = await verifyAuth<Claims>(request, options)
  isExactly<AuthContext<Claims>>()(given)
  if (given.isAuthenticated) {
    isExactly<string>()(given.payload.organization_id)
    // @ts-expect-error no such claim
    given.payload.organisation_id
  }
  hasScopes(given, 'read:things')
  requireRole(given, 'admin')

  // The annotation, too, says which claims are meant.
  const annotated: AuthContext<Claims> = await verifyAuth(request, options)

  const verifier: Verifier<Claims> = createVerifier<Claims>(options)
  isExactly<AuthContext<Claims>>()(await verifier.verify(request))
  isExactly<AuthenticatedContext<Claims>>()(verifier.verifySync(token))
  return annotated.payload?.roles?.[0]
}

// @ts-expect-error a token always has a subject, which is a string
verifyAuth<{ sub: number }>(request, options)

/** A string alone never makes a guest. */
export async function verifyTokens(token: string): Promise<AuthContext[]> {
  isExactly<AuthenticatedContext>()(await verifyLogtoToken(token, options))
  isExactly<AuthenticatedContext<Claims>>()(await verifyLogtoToken<Claims>(token, options))
  isExactly<AuthenticatedContext>()(createVerifier(options).verifySync(token))
  // An annotation that is wider does not change the claims.
  const context: AuthContext = await verifyLogtoToken(token, options)
  return [context, await verifyLogtoToken(token, options)]
}

export async function narrowResult(): Promise<string> {
  const result: NextAuthResult = await verifyNextAuth(request, options)
  if (result.success) {
    isExactly<AuthenticatedContext>()(result.auth)
    return result.auth.userId
  }
  isExactly<GuestContext | undefined>()(result.auth)
  return result.auth?.guestId ?? result.error
}

export async function narrowDestructuredResult(): Promise<string> {
  const { success, auth, error } = await verifyNextAuth(request, options)
  return success ? auth.userId : error
}

export async function narrowResultWithClaims(): Promise<void> {
  const result = await verifyNextAuth<Claims>(request, options)
  if (result.success) isExactly<Claims>()(result.auth.payload)
}

export const GET = withNextAuth<Claims>((_request, auth) => {
  isExactly<AuthContext<Claims>>()(auth)
  return Response.json({ organization: auth.payload?.organization_id })
}, options)

// The context may be left out, as in a test, where the handler says nothing of it.
export const answers = [GET(request), GET(request, {})]

// All that a handler's own annotations say is taken over.
export const POST: (request: Request, ctx: { params: Promise<{ id: string }> }) => Promise<Response> = withNextAuth(
  async (_request: Request, auth: AuthContext<Claims>, { params }: { params: Promise<{ id: string }> }) => {
    return Response.json({ organization: auth.payload?.organization_id, id: (await params).id })
  },
  options,
)
