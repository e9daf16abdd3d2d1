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

export interface TestIssuerOptions {
  /** The algorithm of its keys. Default `ES384`, as Logto's. */
  alg?: TestAlgorithm
  /** What its tokens are for, unless `issueToken` says otherwise. Default `https://api.example.com`. */
  audience?: string
}

export interface TestTokenOptions {
  /** The user. Default `user-1`. */
  sub?: string
  /** Space-delimited. Default none: then there is no such claim, as in Logto's tokens. */
  scope?: string
  /** The API resource the token is for. Default the issuer's. */
  audience?: string | string[]
  /** In seconds, from now. Default 3,600; a negative number makes a token that has expired. */
  expiresIn?: number
  /** Changes to the header: by default `alg`, `typ` (`at+jwt`) and `kid`. */
  header?: Record<string, unknown>
  /** Any other claim, or another value for one that is there anyway, such as `iss`; `undefined` leaves it out. */
  [claim: string]: unknown
}

export interface TestIssuer {
  /** The `logtoUrl` of an app under test, in this process or in any other of this machine. */
  readonly logtoUrl: string
  /** The `iss` of its tokens: `${logtoUrl}/oidc`. */
  readonly issuer: string
  /** The `aud` of its tokens. */
  readonly audience: string
  /** The options of an app under test: `createExpressAuthMiddleware({ ...options, requiredScope: 'write:posts' })`. */
  readonly options: { logtoUrl: string; audience: string }
  /**
   * An access token as Logto makes them, signed with the current key.
   *
   * @throws {AuthError} `options_invalid` where `expiresIn` is no number
   */
  issueToken(token?: TestTokenOptions): string
  /** Signs with a new key from now on, and withdraws the previous ones, unless with `keepPrevious`. */
  rotateKeys(options?: { keepPrevious?: boolean }): Promise<void>
  /** Refuses connections, as in an outage: tokens get `jwks_unavailable`, which is status 503. */
  goDown(): Promise<void>
  /** Listens again, after `goDown` or `close`. */
  goUp(): Promise<void>
  /** Ends the server. It would not keep the process alive either way. */
  close(): Promise<void>
}

/**
 * Starts a Logto tenant for tests: an HTTP server on a free port of 127.0.0.1, with keys and a discovery document of its own.
 * Nothing else is contacted.
 *
 * `rotateKeys`, `goDown`, `goUp` and `close` also call `invalidateJwksCache(logtoUrl)`, so that they tell at once. That is for
 * this process; an app in another one keeps its keys as long as it would those of a real tenant.
 *
 * @throws {AuthError} as a rejection: `options_invalid`, naming the option; `addon_unavailable`
 */
export function createTestIssuer(options?: TestIssuerOptions): Promise<TestIssuer>
