import type { LogtoWebhookEvent } from './index'

/** A signature algorithm that this package accepts. */
export type TestAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'

/** The options of `createTestIssuer`. */
export interface TestIssuerOptions {
  /** The algorithm of the issuer's keys. Default `ES384`, as Logto's. */
  alg?: TestAlgorithm
  /** The API resource of the tokens, where `issueToken` names no other. Default `https://api.example.com`. */
  audience?: string
}

/** The options of `issueToken`. */
export interface TestTokenOptions {
  /** The user's id, or the client's, where it equals `client_id`: see `machine`. Default `user-1`. */
  sub?: string | undefined
  /** Space-delimited. Default none: then a user's token has an empty claim and a machine's has no claim, as Logto's have. */
  scope?: string | undefined
  /** The API resource the token is for. Default the issuer's. */
  audience?: string | string[]
  /** The id of the organization that the token is of: a token for the API resource within an organization (`organization_id`). */
  organization?: string | undefined
  /** The id of the organization that the token is for, in place of an API resource: an organization token. */
  organizationToken?: string | undefined
  /** The id of whoever acts for the subject, as after impersonation (`act`). Default nobody. */
  actor?: string | undefined
  /** Whether the token is a machine's: `sub` is `client_id`, by default `app-1`. Default `false`. */
  machine?: boolean | undefined
  /** The time until the token expires, in seconds. Default 3,600; a negative number makes a token that has expired. */
  expiresIn?: number
  /** Changes to the header: by default `alg`, `typ` (`at+jwt`) and `kid`. */
  header?: Record<string, unknown>
  /** Any other claim, or another value for a default one, such as `iss`; `undefined` leaves the claim out. */
  [claim: string]: unknown
}

/** A Logto tenant for tests. */
export interface TestIssuer {
  /** The `logtoUrl` of an app under test, in this process or in any other of this machine. */
  readonly logtoUrl: string
  /** The `iss` of the tokens: `${logtoUrl}/oidc`. */
  readonly issuer: string
  /** The `aud` of the tokens. */
  readonly audience: string
  /**
   * The options that an app under test needs: `verifyAuth(token, { ...issuer.options, requiredScope: 'write:posts' })`.
   */
  readonly options: { logtoUrl: string; audience: string }
  /** The signing key of the tenant's webhook, for `createWebhookHandler` or `verifyWebhook` of the app under test. */
  readonly webhookSigningKey: string
  /**
   * Makes an access token as Logto's are, signed with the current key and dated by the real clock, under fake timers too.
   *
   * @returns a compact JWS: [RFC 7515 section 7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)
   * @throws {AuthError} `options_invalid`, naming an option that is wrong or contradicts another
   * @example
   * issuer.issueToken({ sub: 'ada', scope: 'read:things', organization: 'org-1' })
   */
  issueToken(token?: TestTokenOptions): string
  /**
   * Makes a webhook as Logto delivers it, signed with `webhookSigningKey`: what `fetch` takes beside the URL of the app under test.
   *
   * @param event what the body has beside `hookId` and `createdAt`, which is now by the real clock
   * @throws {AuthError} `options_invalid` where it has no `event`
   * @example
   * await fetch(`${app}/logto/webhook`, issuer.webhook({ event: 'User.Deleted', data: { id: 'ada' } }))
   */
  webhook(event: LogtoWebhookEvent): { method: 'POST'; headers: Record<string, string>; body: string }
  /**
   * Signs with a new key from now on. The previous key stays published and its tokens good, as at Logto until it is deleted;
   * the one before it goes. `withdraw`: the previous key goes, too, as after a leak.
   */
  rotateKeys(options?: { withdraw?: boolean }): Promise<void>
  /** Refuses connections, as in an outage: tokens get `jwks_unavailable`, which is status 503. */
  goDown(): Promise<void>
  /** Listens again, after `goDown` or `close`. */
  goUp(): Promise<void>
  /** Ends the server, which keeps no process alive either way. */
  close(): Promise<void>
}

/**
 * Starts a Logto tenant for tests: an HTTP server on a free port of 127.0.0.1, with keys and a discovery document of
 * its own. Nothing else is contacted.
 *
 * `rotateKeys`, `goDown`, `goUp` and `close` also call `invalidateJwksCache(logtoUrl)`, so that this process notices at
 * once. An app in another process keeps the keys as long as it would those of a real tenant.
 *
 * @throws {AuthError} as a rejection: `options_invalid`, naming the option
 * @example
 * const issuer = await createTestIssuer()
 * const app = createApp(issuer.options)
 * const headers = { authorization: `Bearer ${issuer.issueToken({ sub: 'ada' })}` }
 */
export function createTestIssuer(options?: TestIssuerOptions): Promise<TestIssuer>
