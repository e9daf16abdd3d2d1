// Options that ask who may call: typed functions, organization tokens, and what contradicts itself.

import type { Request } from 'express'
import type {
  AuthContext,
  AuthOptions,
  Check,
  OrganizationTokenOptions,
  Principal,
  Verifier,
  VerifyAuthOptions,
} from 'logto-authkit'
import {
  createExpressAuthMiddleware,
  createVerifier,
  invalidateJwksCache,
  principalOf,
  requireAuth,
  requireScopes,
  verifyAuth,
  verifyLogtoToken,
  withNextAuth,
} from 'logto-authkit'
import { createTestIssuer } from 'logto-authkit/testing'

const logtoUrl = 'https://tenant.logto.app'
const options = { logtoUrl, audience: 'https://api.example.com' }

// The request is that of the framework, without an annotation and with the framework's own type.
export const guards = [
  createExpressAuthMiddleware({ ...options, organization: (req) => req.params.organizationId }),
  createExpressAuthMiddleware({ ...options, organization: async (req) => req.get('x-organization') }),
  createExpressAuthMiddleware({ ...options, organization: (req: Request) => req.subdomains[0] }),
  createExpressAuthMiddleware({
    ...options,
    check: (auth, req) => auth.payload.tier === 'pro' && req.method === 'GET',
  }),
]

export const GET = withNextAuth((_request, auth) => Response.json(principalOf(auth)), {
  ...options,
  organization: (request) => new URL(request.url).pathname.split('/')[2],
  check: async (auth, request) => auth.userId === request.headers.get('x-user'),
})

interface Claims {
  sub: string
  tier: 'free' | 'pro'
}

const isPro: Check<unknown, Claims> = (auth) => auth.payload.tier === 'pro'
export const pro: Verifier<Claims> = createVerifier<Claims>({ ...options, check: isPro })

export async function ask(token: string, request: unknown): Promise<string | null> {
  const verifier = createVerifier({
    ...options,
    clientId: ['app-1', 'app-2'],
    subjectType: 'client',
    allowActor: false,
  })
  await verifier.verify(token, { organization: 'org-1' })
  await verifier.verify(request, { organization: () => 'org-1' })
  const { userId, payload } = verifier.verifySync(token, { organization: true })
  const auth: AuthContext<Claims> = await verifyAuth<Claims>(request, { ...options, organization: false, check: isPro })
  const { organizationId, actorId, scopes, expiresAt, subjectType }: Principal = principalOf(auth)
  console.log(userId, payload.sub, actorId?.length, scopes.length, expiresAt, subjectType === 'client')
  const tier: 'free' | 'pro' = requireAuth<Claims>(request).payload.tier
  return tier === 'pro' ? organizationId : principalOf(null).clientId
}

// Organization tokens: an organization, and no audience.
const ofOrganizations: OrganizationTokenOptions = { logtoUrl, organization: true }
const either: AuthOptions[] = [options, ofOrganizations, { logtoUrl, organization: (request: Request) => request.path }]
export const verifiers = either.map((one) => createVerifier(one))

// Several tenants.
const severalTenants: AuthOptions = { ...options, logtoUrl: [logtoUrl, 'https://other.logto.app'] }
createVerifier(severalTenants)
invalidateJwksCache(severalTenants)
invalidateJwksCache(severalTenants.logtoUrl)

export async function issue(): Promise<string[]> {
  const { issueToken } = await createTestIssuer()
  return [
    issueToken({ organization: 'org-1', scope: 'read' }),
    issueToken({ organizationToken: 'org-1' }),
    issueToken({ machine: true, client_id: 'job-1' }),
    issueToken({ actor: 'support-1' }),
    // @ts-expect-error an id, not a flag
    issueToken({ organization: true }),
  ]
}

// @ts-expect-error without audience, an organization is needed
createVerifier({ logtoUrl })
// @ts-expect-error without audience, false would let nobody in
createVerifier({ logtoUrl, organization: false })
// @ts-expect-error a number is no id
createVerifier({ ...options, organization: 5 })
// @ts-expect-error a function that gives a number gives no id
createVerifier({ ...options, organization: () => 5 })
// @ts-expect-error a check answers yes or no
createVerifier({ ...options, check: () => 'yes' })
// @ts-expect-error no such kind of subject
createVerifier({ ...options, subjectType: 'machine' })
// @ts-expect-error no such option of a call
pro.verify('token', { audience: 'a' })
// @ts-expect-error a guest has no principal's user id that is certainly there
principalOf(null).userId.length

/** The type of the payload is not guessed from where a context goes. */
export async function passOn(request: { auth?: AuthContext }, options: VerifyAuthOptions): Promise<void> {
  principalOf(requireAuth(request))
  requireScopes(requireAuth(request), 'admin:write')
  principalOf(await verifyAuth('token', options))
  principalOf(await verifyLogtoToken('token', options))
  principalOf(await createVerifier(options).verify('token'))
  principalOf(createVerifier(options).verifySync('token'))
}
