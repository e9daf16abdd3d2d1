/** The claims of a verified access token, as `JSON.parse` makes them of the token's own text. */
export interface AuthPayload {
  /** The user's id, or the client's for a machine-to-machine token. Never empty. */
  sub: string
  /** Space-delimited scopes. Logto leaves the claim out where a token has none, as machine-to-machine tokens often do. */
  scope?: string
  iss?: string
  aud?: string | string[]
  /** Seconds since the Unix epoch, as `nbf` and `iat` are. */
  exp?: number
  nbf?: number
  iat?: number
  jti?: string
  client_id?: string
  // biome-ignore lint/suspicious/noExplicitAny: a tenant can put anything into a claim of its own
  [claim: string]: any
}

/** A request with a valid token. */
export interface AuthenticatedContext<P = AuthPayload> {
  /** `payload.sub`. */
  userId: string
  isAuthenticated: true
  payload: P
  isGuest: false
  guestId?: undefined
}

/** A request that goes on without a valid token, as `allowGuest` lets it. */
export interface GuestContext {
  userId: null
  isAuthenticated: false
  payload: null
  isGuest: true
  /** The id of the guest's cookie, or a fresh UUID v4. */
  guestId: string
}

/** Who makes a request: `isAuthenticated` and `isGuest` tell the two apart, also for the compiler. */
export type AuthContext<P = AuthPayload> = AuthenticatedContext<P> | GuestContext

/** Read once per object: what is changed in it afterwards has no effect. */
export interface VerifyAuthOptions {
  /** The tenant's endpoint, http(s). Trailing slashes and a trailing `/oidc` are tolerated. */
  logtoUrl: string
  /** The API resource indicator a token must be for; of several, any one is enough. */
  audience: string | string[]
  /** The cookie that holds the token. Default `logto_authtoken`. */
  cookieName?: string
  /** Scopes a token must have, space-delimited: each of them, as a whole. */
  requiredScope?: string
  /** Whether a request that is refused goes on as a guest. Default `false`. */
  allowGuest?: boolean
  /** The `iss` to accept, any one of several. Default `${logtoUrl}/oidc`; for a custom domain, both. */
  issuer?: string | string[]
  /** Where the keys are. Default `${logtoUrl}/oidc/jwks`. */
  jwksUri?: string
  /** By how many seconds the clocks may differ. Default 0. */
  clockTolerance?: number
  /** The `typ` a token must have, such as `at+jwt` (RFC 9068). By default `at+jwt`, `JWT` or none. */
  tokenType?: string
  /** How long fetched keys are fresh, in milliseconds. Default 300,000. */
  jwksCacheTtlMs?: number
  /** How long past that they serve while the endpoint is failing, in milliseconds. Default 600,000; 0: not at all. */
  jwksMaxStaleMs?: number
  /** Fetch the keys for each call alone, and leave the cache as it is. Default `false`. */
  skipJwksCache?: boolean
  /** The longest that this caller waits for keys, in milliseconds. Default 5,000. A fetch that callers share has a bound of
   * its own, and goes on. */
  jwksTimeoutMs?: number
  /**
   * How many tokens with a verified signature are remembered per key set, so that only their claims are checked when they
   * come again. Default 10,000, at about 0.4 KB and their payload each; 0: none. In Edge runtimes, whose isolates come and
   * go, it is checked but changes nothing: no signature is remembered there.
   */
  tokenCacheSize?: number
  /**
   * Told of each refusal: `(error)` where a token was given, `(error, request)` where a request was. A middleware calls it
   * in place of the default response, so not for guests, and with the arguments of its framework: see `ExpressAuthOptions`
   * here, and the options of `logto-authkit/fastify`, `/koa` and `/hono`.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the request, response and next of whichever framework
  onError?: (error: AuthError, ...context: any[]) => void
}

export type AuthErrorCode =
  | 'token_missing'
  | 'token_malformed'
  | 'token_opaque'
  | 'key_not_found'
  | 'algorithm_not_allowed'
  | 'signature_invalid'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'issuer_invalid'
  | 'audience_invalid'
  | 'claim_invalid'
  | 'scope_missing'
  | 'role_missing'
  | 'jwks_unavailable'
  | 'options_invalid'
  | 'addon_unavailable'

/**
 * Why a request is not let in, or why nobody can tell. Those of status 401 and 503 are answers and carry no trace of the
 * stack, which would cost more than all the rest of a refusal.
 */
export class AuthError extends Error {
  private constructor()
  readonly name: 'AuthError'
  readonly code: AuthErrorCode
  /** The HTTP status that fits: 401, 503 for an outage of the tenant, 500 for an app that is set up wrongly. */
  readonly status: 401 | 503 | 500
  /** With `scope_missing`: all scopes that were asked for, space-delimited, as the challenge names them. */
  readonly requiredScope?: string
  /** With `jwks_unavailable`: the seconds until another attempt can succeed, as `Retry-After` says. */
  readonly retryAfterSeconds?: number
  /** What was expected and found. For server logs: `JSON.stringify` leaves it out. */
  readonly details: Readonly<Record<string, unknown>>
  toJSON(): { code: AuthErrorCode; status: number; message: string }
}

/**
 * Verifies a token, or the token of a request: of its cookie, else of `Authorization: Bearer`.
 *
 * @param tokenOrRequest a string is a token; anything else a request of Express, Node.js, Fastify, Koa, Fetch, Next.js or
 *   API Gateway, or any object with `cookies` or `headers`
 * @returns the context; with `allowGuest`, a guest's in place of a refusal
 * @throws {AuthError} as a rejection, with any code
 */
export function verifyAuth<P extends AuthPayload = AuthPayload>(
  tokenOrRequest: unknown,
  options: VerifyAuthOptions,
): Promise<AuthContext<P>>

/** Verifies a token. Like `verifyAuth`, but for a string alone and never for a guest: `allowGuest` is ignored. */
export function verifyLogtoToken<P extends AuthPayload = AuthPayload>(
  token: string,
  options: VerifyAuthOptions,
): Promise<AuthenticatedContext<P>>

export interface Verifier<P extends AuthPayload = AuthPayload> {
  /** As `verifyAuth`, with the options of this verifier. */
  verify(tokenOrRequest: unknown): Promise<AuthContext<P>>
  /**
   * As `verify` for a token, in this call: nothing is waited for, and never a guest.
   *
   * @throws {AuthError} with any code; `jwks_unavailable` where the keys are not fresh; in Edge runtimes, where only
   *   `verify` is possible, always `options_invalid`
   */
  verifySync(token: string): AuthenticatedContext<P>
  /** Fetches the keys unless they are fresh, so that the first request need not wait. Rejects: `jwks_unavailable`. */
  prefetch(): Promise<void>
}

/**
 * Makes a verifier, for apps that would rather check their options at start.
 *
 * @throws {AuthError} `options_invalid`
 */
export function createVerifier<P extends AuthPayload = AuthPayload>(options: VerifyAuthOptions): Verifier<P>

/** What a middleware needs of a request. Express's own has it. */
export interface MiddlewareRequest {
  method?: string | undefined
  headers: object
}

/** What a middleware needs of a response. Express's own has it. */
export interface MiddlewareResponse {
  setHeader(name: string, value: string): unknown
  appendHeader(name: string, value: string): unknown
  status(code: number): { json(body: unknown): unknown }
}

export type MiddlewareNext = (error?: unknown) => void

/** What `onError` can do with Express's request, where it does not name a type of its own. */
export interface ExpressRequest {
  readonly method: string
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  readonly originalUrl: string
  readonly path: string
  readonly ip?: string | undefined
  get(name: string): string | undefined
}

/** What `onError` can do with Express's response, where it does not name a type of its own. */
export interface ExpressResponse {
  readonly headersSent: boolean
  status(code: number): this
  set(name: string, value: string): this
  json(body: unknown): this
  send(body: unknown): this
  redirect(url: string): void
}

export interface ExpressAuthOptions extends VerifyAuthOptions {
  /**
   * Called in place of the default response, so not for guests: it has to answer, or to call `next`. What it throws, and
   * what its promise rejects with, goes to `next`. A parameter may name Express's own type, `Request` or `Response`.
   */
  // A method, so that Express's own types, which have more than those here, fit as well.
  onError?(error: AuthError, req: ExpressRequest, res: ExpressResponse, next: MiddlewareNext): unknown
}

/**
 * Makes a middleware for Express 4 and 5 that sets `req.auth`, or answers 401 (with a challenge of RFC 6750) or 503 (with
 * `Retry-After`). A fresh guest id is stored with `Set-Cookie`.
 *
 * @returns the middleware, which gives a promise only where the keys have to be fetched, the event loop has no time left, or
 *   the request is refused
 * @throws {AuthError} `options_invalid`
 */
export function createExpressAuthMiddleware(
  options: ExpressAuthOptions,
): (req: MiddlewareRequest, res: MiddlewareResponse, next: MiddlewareNext) => void | Promise<void>

export type NextAuthResult<P = AuthPayload> =
  | { success: true; auth: AuthenticatedContext<P> }
  | {
      success: false
      /** The error's message. */
      error: string
      /** Only with `allowGuest`: the guest. */
      auth?: GuestContext
    }

/**
 * Verifies the token of a request in a Next.js route handler, middleware or proxy. Never rejects for a bad token; with
 * `allowGuest` a guest is `{ success: false, error, auth }`.
 *
 * @throws {AuthError} as a rejection: `options_invalid`, `addon_unavailable`
 */
export function verifyNextAuth<P extends AuthPayload = AuthPayload>(
  request: unknown,
  options: VerifyAuthOptions,
): Promise<NextAuthResult<P>>

export interface NextAuthOptions extends VerifyAuthOptions {
  /** Told of each refusal, whatever the response; also where a guest takes the place of a refusal. */
  // A method, so that a parameter may be a NextRequest.
  onError?(error: AuthError, request: Request): void
}

/**
 * Guards a route handler: it is called with the request, the context and what else the framework gave; otherwise the
 * response is that of `createExpressAuthMiddleware`. With `allowGuest` it is called for guests too, and a fresh guest id is
 * stored with `Set-Cookie`. Options are read at the first request, since `next build` loads routes too.
 *
 * @throws {AuthError} as a rejection: `options_invalid`, `addon_unavailable`
 */
export function withNextAuth<P extends AuthPayload = AuthPayload, R extends Request = Request, C = unknown>(
  handler: (request: R, auth: AuthContext<P>, ctx: C) => Response | Promise<Response>,
  options: NextAuthOptions,
): (request: R, ctx: C) => Promise<Response>

/** Forgets the keys of a tenant's default JWKS URL, process-wide. @throws {AuthError} `options_invalid` */
export function invalidateJwksCache(logtoUrl: string): void

/** Forgets the keys of all tenants, process-wide. */
export function clearJwksCache(): void

/** How the keys of one JWKS URL fare. Times in milliseconds. */
export interface JwksStatus {
  jwksUri: string
  /** How many keys there are to verify with. */
  keys: number
  /** The time since they were fetched; absent where they never were. */
  ageMs?: number
  isFetching: boolean
  /** The failures since the last good answer, if any: how many, the last one's reason, and when the next attempt may be made. */
  failure?: { count: number; reason: string; retryAfterMs: number }
}

/** How the keys of each tenant fare that has been asked for, process-wide, the most recently used first. For health checks. */
export function getJwksStatus(): JwksStatus[]

/**
 * The messages of the channels that `node:diagnostics_channel` knows by these names. No message holds a
 * token. Those about requests are published where the request is verified, so that a subscriber finds its
 * `AsyncLocalStorage` and active span. Edge runtimes publish none.
 */
export interface DiagnosticsMessages {
  /** A token was accepted. */
  'logto-authkit:verified': { jwksUri: string; userId: string }
  /** A request was not let in. `details`: as those of `AuthError`. */
  'logto-authkit:refused': Pick<AuthError, 'code' | 'status' | 'details'> & { jwksUri: string }
  /** A request was let in as a guest, in place of the refusal `code`. */
  'logto-authkit:guest': { jwksUri: string; guestId: string; isFresh: boolean; code: AuthErrorCode }
  /** Keys have been fetched. */
  'logto-authkit:keys-fetched': JwksStatus
  /** Keys could not be fetched: those at hand, if any, grow older. */
  'logto-authkit:keys-stale': JwksStatus & Required<Pick<JwksStatus, 'failure'>>
}

/** A listener to each channel. */
export type DiagnosticsListeners = {
  [Channel in keyof DiagnosticsMessages]: (message: DiagnosticsMessages[Channel], name: Channel) => void
}

/**
 * `node:diagnostics_channel`, as it is for the channels of this package: Node.js's own types leave a message `unknown`.
 *
 * @example
 * import * as diagnosticsChannel from 'node:diagnostics_channel'
 *
 * const { subscribe }: AuthDiagnostics = diagnosticsChannel
 * subscribe('logto-authkit:refused', ({ code, details }) => console.warn(code, details))
 */
export interface AuthDiagnostics {
  // Methods, so that Node.js's functions fit, whose listeners take anything.
  subscribe<Channel extends keyof DiagnosticsListeners>(name: Channel, listener: DiagnosticsListeners[Channel]): void
  unsubscribe<Channel extends keyof DiagnosticsListeners>(
    name: Channel,
    listener: DiagnosticsListeners[Channel],
  ): boolean
}

type Subject = AuthContext | AuthPayload | null | undefined

/**
 * Whether a context or payload has the scopes: `mode` `'all'` of them (the default) or `'any'`. A guest has none.
 *
 * @param scopes space-delimited, or an array; at least one
 * @throws {AuthError} `options_invalid` where no scope is asked for
 */
export function hasScopes(subject: Subject, scopes: string | string[], options?: { mode?: 'all' | 'any' }): boolean

/** As `hasScopes`. @throws {AuthError} `scope_missing` where it would be false */
export function requireScopes(subject: Subject, scopes: string | string[], options?: { mode?: 'all' | 'any' }): void

/**
 * Whether a context or payload has the role, in any of the claims `claimKeys` (default `roles` and `role`), each of them a
 * role or an array of roles. A guest has none.
 */
export function hasRole(subject: Subject, role: string, options?: { claimKeys?: string[] }): boolean

/** As `hasRole`. @throws {AuthError} `role_missing` where it would be false */
export function requireRole(subject: Subject, role: string, options?: { claimKeys?: string[] }): void

export interface CookieAttributes {
  /** In seconds. */
  maxAge?: number
  domain?: string
  /** Default `/`. */
  path?: string
  sameSite?: 'Strict' | 'Lax' | 'None'
}

/**
 * A `Set-Cookie` value for a token: HttpOnly, Secure, by default SameSite=Strict and for 7 days.
 *
 * @throws {AuthError} `options_invalid` for what could split the header
 */
export function buildAuthCookieHeader(token: string, options?: CookieAttributes & { cookieName?: string }): string

/**
 * A `Set-Cookie` value for a guest's id, readable by scripts: by default Secure, SameSite=Lax and for 7 days.
 *
 * @throws {AuthError} `options_invalid` for what is no guest id, or could split the header
 */
export function buildGuestCookieHeader(guestId: string, options?: CookieAttributes & { secure?: boolean }): string

export const CSRF_COOKIE_NAME: 'logto_csrf_token'
export const CSRF_HEADER_NAME: 'x-csrf-token'

export interface CsrfOptions extends CookieAttributes {
  /** Default `CSRF_COOKIE_NAME`. */
  cookieName?: string
  /** Default `CSRF_HEADER_NAME`. */
  headerName?: string
  sameSite?: 'Strict' | 'Lax'
}

/** A random token: a UUID v4. */
export function generateCsrfToken(): string

/**
 * A `Set-Cookie` value for a CSRF token, readable by scripts: Secure, by default SameSite=Strict and for one day.
 *
 * @throws {AuthError} `options_invalid` for what could split the header
 */
export function buildCsrfCookieHeader(token: string, options?: Omit<CsrfOptions, 'headerName'>): string

/** Whether a request carries the same CSRF token in its cookie and its header, compared in constant time. */
export function verifyCsrfToken(
  request: unknown,
  options?: Pick<CsrfOptions, 'cookieName' | 'headerName'>,
): { valid: true } | { valid: false; error: string }

/**
 * Makes a double-submit middleware for Express 4 and 5: a safe method gets the cookie if it has none, any other answers 403
 * unless `verifyCsrfToken` is content.
 *
 * @throws {AuthError} `options_invalid`
 */
export function createCsrfMiddleware(
  options?: CsrfOptions,
): (req: MiddlewareRequest, res: MiddlewareResponse, next: MiddlewareNext) => void
