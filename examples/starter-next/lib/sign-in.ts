import * as oidc from 'openid-client'
import { SCOPES } from './auth'
import { appUrl, setting } from './settings'

const CALLBACK = '/auth/callback'

let discovered: Promise<oidc.Configuration> | undefined

/** What Logto says of its endpoints. Asked for once; after a failure, anew. */
function provider(): Promise<oidc.Configuration> {
  discovered ??= discover().catch((error) => {
    discovered = undefined
    throw error
  })
  return discovered
}

async function discover() {
  const issuer = new URL('/oidc', setting('LOGTO_URL'))
  const authentication = oidc.ClientSecretBasic(setting('LOGTO_APP_SECRET'))
  // A Logto on your own machine may speak plain HTTP.
  const insecure = issuer.protocol === 'http:' ? { execute: [oidc.allowInsecureRequests] } : undefined
  return oidc.discovery(issuer, setting('LOGTO_APP_ID'), undefined, authentication, insecure)
}

/** Begins a sign-in by authorization code with PKCE: the URL to go to, and what `finishSignIn` needs. */
export async function beginSignIn() {
  const verifier = oidc.randomPKCECodeVerifier()
  const state = oidc.randomState()
  const url = oidc.buildAuthorizationUrl(await provider(), {
    redirect_uri: appUrl(CALLBACK).href,
    // Without a resource, Logto gives an opaque token, which no server can verify.
    resource: setting('AUDIENCE'),
    scope: ['openid', ...SCOPES].join(' '),
    state,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  return { url, state, verifier }
}

/** Exchanges the code that Logto has sent the browser back with. `search` is the query of that request. */
export async function finishSignIn(search: string, state: string, verifier: string) {
  const checks = { expectedState: state, pkceCodeVerifier: verifier, idTokenExpected: true }
  // The resource once more: the authorization request only allowed to ask for it.
  const resource = setting('AUDIENCE')
  return oidc.authorizationCodeGrant(await provider(), appUrl(CALLBACK + search), checks, { resource })
}

/** Where Logto ends its own session. Without that, the next sign-in would let the same person in without a word. */
export async function endSessionUrl() {
  return oidc.buildEndSessionUrl(await provider(), { post_logout_redirect_uri: appUrl().href })
}

/** The cookie of a sign-in under way, one for each: several tabs may sign in at once. */
export function pendingCookie(state: string) {
  return { name: `sign_in_${state}`, path: CALLBACK }
}
