/**
 * The claims of a verified access token, as `JSON.parse` makes them of the token's own text:
 * [RFC 7519 section 4.1](https://www.rfc-editor.org/rfc/rfc7519#section-4.1) and
 * [RFC 9068 section 2.2](https://www.rfc-editor.org/rfc/rfc9068#section-2.2).
 */
export interface AuthPayload {
  /** The user's id, or the client's for a machine-to-machine token. Never empty. */
  sub: string
  /**
   * Space-delimited scopes. Where a token has none, Logto leaves the claim of a user's token empty, and that of a
   * machine-to-machine token out. A user's plain token also has the scopes that the user holds through any organization's role.
   */
  scope?: string
  /** The tenant that issued the token. */
  iss?: string
  /** The API resource that the token is for, or several. */
  aud?: string | string[]
  /** The expiry, in seconds since the Unix epoch. */
  exp?: number
  /** The time before which the token is not valid, in seconds since the Unix epoch. */
  nbf?: number
  /** The time of issue, in seconds since the Unix epoch. */
  iat?: number
  /** The token's own id. */
  jti?: string
  /** The app that the token was issued to. */
  client_id?: string
  // biome-ignore lint/suspicious/noExplicitAny: a tenant can put anything into a claim of its own
  [claim: string]: any
}

/** A request with a valid token. */
export interface AuthenticatedContext<P = AuthPayload> {
  /** `payload.sub`. */
  userId: string
  isAuthenticated: true
  /** The claims. The object belongs to the caller: no two calls share one. */
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
  /** The id of the guest's cookie, or a fresh UUID v4. Whoever sends an id is that guest: the id proves nothing. */
  guestId: string
}

/**
 * The author of a request. A look at `isAuthenticated` or `isGuest` tells the compiler which of the two it is.
 *
 * @typeParam P the type of the payload, for claims of the app's own
 * @example
 * if (auth.isAuthenticated) console.log(auth.userId, auth.payload.scope)
 * else console.log(auth.guestId)
 */
export type AuthContext<P = AuthPayload> = AuthenticatedContext<P> | GuestContext

/** A function whose parameter may be of a narrower type than here, since the framework or the caller decides what it is. */
type FunctionOf<Parameters extends unknown[], Result> = { method(...parameters: Parameters): Result }['method']

/** What `organization` can be. `R` is the request that the function gets. */
export type OrganizationChoice<R = unknown> =
  | boolean
  | string
  | FunctionOf<[request: R], string | undefined | Promise<string | undefined>>

/** What `check` can be. `R` is the request that it gets, and `P` the type of the payload. */
export type Check<R = unknown, P = AuthPayload> = FunctionOf<
  [auth: AuthenticatedContext<P>, request: R],
  boolean | Promise<boolean>
>

/**
 * Only an object's own members are options, each read once. Middlewares and `createVerifier` read them when they are made; the
 * other functions notice a changed object and read it anew. An unknown option is refused by name.
 */
export interface VerifyAuthOptions {
  /**
   * The tenant's endpoint, http(s). Trailing slashes and a trailing `/oidc` are tolerated; `/oidc/jwks` and `/.well-known/…`
   * are refused.
   *
   * Of several tenants, an array: the token's `iss` picks one, whose keys alone can verify the token. Each tenant has its own
   * issuer and keys, so `issuer`, `jwksUri`, `jwks` and `initialJwks` must not stand beside an array.
   */
  logtoUrl: string | string[]
  /**
   * The API resource indicator that a token must be for; of several, any one is enough:
   * [RFC 7519 section 4.1.3](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3). Required, but for organization tokens:
   * see `OrganizationTokenOptions`.
   */
  audience: string | string[]
  /**
   * The organization that a token must be of: an id, or a function that gives the id for each request (for a token alone it
   * gets `undefined`); `true`: any organization; `false`: none. By default it is not looked at, and a user's plain token also has
   * scopes that the user holds only through some organization's role.
   *
   * With `audience`, a token for that API resource with the claim `organization_id`; without it, an organization token. Where the
   * function gives anything but a non-empty string, the token is refused; what the function throws is thrown. Refused where it is
   * `undefined`.
   */
  organization?: OrganizationChoice
  /** The `client_id` that a token must have, any one of several. By default any; refused where it is `undefined`. */
  clientId?: string | string[]
  /**
   * Who may call: only `'user'`s, or only `'client'`s, whose machine-to-machine tokens have a `sub` that equals `client_id`. By
   * default both; refused where it is `undefined`.
   */
  subjectType?: 'user' | 'client'
  /**
   * Whether a token may let somebody act for its subject, as after impersonation: the claim `act` of
   * [RFC 8693 section 4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1). Default `true`.
   */
  allowActor?: boolean
  /**
   * A check of the app's own, the last of all: anything but `true` refuses the token with `check_failed`. It gets the request as
   * `organization` does. What it throws is an error of the app, and is thrown: neither a yes nor a guest. Refused where it is
   * `undefined`.
   */
  check?: Check
  /**
   * The tokens that are refused before their time, with `token_revoked`: see `createRevocationList`. Refused where it is
   * `undefined`.
   */
  revocations?: RevocationList
  /**
   * What verifies: `'native'`, the addon in Rust, which this process cannot do without (else `addon_unavailable`); `'portable'`, which
   * accepts and refuses the same and takes longer; or `'auto'`, the native one where its addon loads. Default `'auto'`.
   */
  engine?: 'auto' | 'native' | 'portable'
  /** The cookie that holds the token. Default `logto_authtoken`. */
  cookieName?: string
  /**
   * The scopes that a token must have, space-delimited or in an array, each of them as a whole:
   * [RFC 6749 section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3). Default none; refused
   * where it is `undefined`, or an element is: an unset variable opens no door. A user's plain token also has scopes held only
   * through some organization's role: within an organization compare `payload.organization_id`, too.
   */
  requiredScope?: string | string[]
  /** Whether a request that is refused goes on as a guest. Default `false`. */
  allowGuest?: boolean
  /** The `iss` to accept, any one of several. Default `${logtoUrl}/oidc`; each custom domain of a tenant is one more. */
  issuer?: string | string[]
  /**
   * The address of the keys, a JWK Set: [RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5). Default
   * `${logtoUrl}/oidc/jwks`.
   */
  jwksUri?: string
  /**
   * The keys themselves, a JWK Set: [RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5). Nothing is ever fetched, so
   * that a rotation of the tenant's keys takes a new set: till then its new tokens are refused with `key_not_found`. Read once: a
   * changed set is noticed where it is another object. Not beside `jwksUri`, `initialJwks` or `skipJwksCache`.
   */
  jwks?: { keys: object[] }
  /**
   * Keys that another process has fetched, as `exportJwks` gave them there, for a start that waits for no fetch. They are taken
   * where this process has none of the tenant, and count as fetched at `fetchedAt`, in milliseconds since the Unix epoch: when they
   * are due they are fetched, and so they are for a token whose key is not among them. A set counts once, and none that was
   * fetched before `invalidateJwksCache`. `null`: none. Not beside `skipJwksCache`.
   */
  initialJwks?: { keys: object[]; fetchedAt: number } | null
  /** The difference between the clocks that is tolerated, in seconds, at most 600. Default 0. */
  clockTolerance?: number
  /**
   * The `typ` that a token must have, such as `at+jwt`:
   * [RFC 9068 section 4](https://www.rfc-editor.org/rfc/rfc9068#section-4). By default `at+jwt`, `JWT` or none; refused
   * where it is `undefined`.
   */
  tokenType?: string
  /**
   * The place in which a request may carry its token: the cookie, the `Authorization` header, or both, the cookie first.
   * Default `both`.
   */
  tokenFrom?: 'both' | 'cookie' | 'header'
  /**
   * The address of the resource's metadata, http(s), which each challenge (401, and 403 for a missing scope) then names as
   * `resource_metadata`: [RFC 9728 section 5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1). Clients of an MCP server
   * learn from it where they get a token: `resourceMetadata` of `logto-authkit/mcp` gives it. By default none is named.
   */
  resourceMetadataUrl?: string
  /** The time for which fetched keys are fresh, in milliseconds. Default 300,000. */
  jwksCacheTtlMs?: number
  /**
   * The time past that for which keys serve while the endpoint is failing, in milliseconds. Default 600,000; 0: none.
   */
  jwksMaxStaleMs?: number
  /** Whether each call fetches the keys for itself and leaves the cache as it is. Default `false`. */
  skipJwksCache?: boolean
  /**
   * The longest that this caller waits for keys, in milliseconds. Default 5,000. A fetch that callers share has a bound of
   * its own, and goes on.
   */
  jwksTimeoutMs?: number
  /**
   * The number of tokens with a verified signature that are remembered per key set, so that only their claims are
   * checked when they come again. Default 10,000, of at most 4 KiB each; 0: none. In Edge runtimes each isolate
   * remembers by itself.
   */
  tokenCacheSize?: number
  /**
   * Told of each refusal: `(error)` where a token was given, `(error, request)` where a request was. A middleware calls
   * it in place of the default response, so not for guests, and with the arguments of its framework: see
   * `ExpressAuthOptions` here, and the options of `logto-authkit/fastify`, `/koa` and `/hono`; what it throws there
   * goes to the framework's error handling. Elsewhere it observes, and can change nothing: what it throws, or rejects
   * with, is swallowed, with one warning.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the request, response and next of whichever framework
  onError?: (error: AuthError, ...context: any[]) => void
}

/** Options for organization tokens, which are for an organization itself and not for an API resource: without `audience`. */
export type OrganizationTokenOptions<Options extends VerifyAuthOptions = VerifyAuthOptions> = Omit<
  Options,
  'audience' | 'organization'
> & {
  audience?: never
  organization: Exclude<Options['organization'], false | undefined>
}

/** Options with an audience, or for organization tokens. */
export type AuthOptions<Options extends VerifyAuthOptions = VerifyAuthOptions> =
  | Options
  | OrganizationTokenOptions<Options>

/** The reason of a refusal or failure, the same in every version: the folder docs/errors of this package has a page for each. */
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
  | 'organization_invalid'
  | 'client_invalid'
  | 'subject_type_invalid'
  | 'actor_invalid'
  | 'check_failed'
  | 'token_revoked'
  | 'webhook_invalid'
  | 'revocations_unavailable'
  | 'jwks_unavailable'
  | 'options_invalid'
  | 'addon_unavailable'

/** 401 without a good token, 403 for a good token that may not do this here, 503 for an outage, 500 for a wrong set-up. */
export type AuthErrorStatus = 401 | 403 | 503 | 500

/**
 * A refusal, or the failure to judge a request. Its JSON is safe to show, and so is the message of a refusal; that of status
 * 500 names what is set up wrongly, and its JSON does not. An error of status 401, 403 or 503 is an
 * answer and has no stack trace: taking one costs more than all the rest of a refusal. Where it reaches the error handling
 * of Express, Koa or Fastify, its `status` and `headers` are sent.
 *
 * @example
 * try {
 *   return await verifyAuth(request, options)
 * } catch (error) {
 *   if (!(error instanceof AuthError)) throw error
 *   return Response.json(error, { status: error.status, headers: error.headers })
 * }
 */
export class AuthError extends Error {
  private constructor(code: AuthErrorCode, details?: object)
  readonly name: 'AuthError'
  /** The page docs/errors/{code}.md of this package says what has happened, why as a rule, and what to do. */
  readonly code: AuthErrorCode
  /**
   * The HTTP status that fits: 401 for a request without a good token, 403 for a good token that may not do this here,
   * 503 for an outage of the tenant, 500 for an app that is set up wrongly.
   */
  readonly status: AuthErrorStatus
  /**
   * The headers that a response with this status has: with 401 and with `scope_missing` the challenge `WWW-Authenticate`
   * of [RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3), with 503 `Retry-After`, else none.
   */
  readonly headers: Readonly<Record<string, string>>
  /**
   * With `scope_missing`: all scopes that were asked for, space-delimited, as the challenge of
   * [RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3) names them.
   */
  readonly requiredScope?: string
  /**
   * With `jwks_unavailable` and `revocations_unavailable`: the seconds until another attempt can succeed, as `Retry-After` of
   * [RFC 9110 section 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3) says.
   */
  readonly retryAfterSeconds?: number
  /** With 401 and with `scope_missing`: the option of that name, which the challenge names as `resource_metadata`. */
  readonly resourceMetadataUrl?: string
  /** What was expected and found. For server logs: `JSON.stringify` leaves it out. */
  readonly details: Readonly<Record<string, unknown>>
  toJSON(): { code: AuthErrorCode; status: number; message: string }
}

/**
 * Verifies a token, or the token of a request: that of its cookie, else of `Authorization: Bearer`
 * ([RFC 6750 section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
 *
 * @typeParam P the type of the payload, for claims of the app's own: the compiler believes it, nothing checks it
 * @param tokenOrRequest a string is a token; anything else is a request of Express, Node.js, Fastify, Koa, Fetch,
 *   Next.js or API Gateway, or any object with `cookies` or `headers`
 * @param options one object for all calls, since it is read once and remembered
 * @returns the context of the user; with `allowGuest`, a guest's in place of a refusal
 * @throws {AuthError} as a rejection, with any code but `role_missing` and `webhook_invalid`
 * @example
 * const options = { logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' }
 *
 * const auth = await verifyAuth(request, options)
 * if (auth.isAuthenticated) console.log(auth.userId)
 */
export function verifyAuth<P extends AuthPayload = AuthPayload>(
  tokenOrRequest: unknown,
  options: AuthOptions,
): Promise<AuthContext<P>>

/**
 * Verifies a token, as `verifyAuth` does, but a string only, and never gives a guest: `allowGuest` is ignored.
 *
 * @typeParam P the type of the payload, for claims of the app's own: the compiler believes it, nothing checks it
 * @returns the context of the user
 * @throws {AuthError} as a rejection, with any code but `role_missing` and `webhook_invalid`
 */
export function verifyLogtoToken<P extends AuthPayload = AuthPayload>(
  token: string,
  options: AuthOptions,
): Promise<AuthenticatedContext<P>>

/** The options of one call. */
export interface CallOptions {
  /** In place of the verifier's option; refused where it is `undefined`. */
  organization: OrganizationChoice
}

/** Verifies tokens and requests under one set of options. */
export interface Verifier<P extends AuthPayload = AuthPayload> {
  /**
   * Verifies a token or the token of a request, as `verifyAuth` does.
   *
   * @throws {AuthError} as a rejection, with any code but `role_missing` and `webhook_invalid`; `options_invalid` for what
   *   `call` says
   * @example
   * const auth = await verifier.verify(request, { organization: organizationIdInPath })
   */
  verify(tokenOrRequest: unknown, call?: CallOptions): Promise<AuthContext<P>>
  /**
   * Verifies a token within this call, and never gives a guest. The keys have to be there: see `prefetch`.
   *
   * @throws {AuthError} with any code but `role_missing` and `webhook_invalid`; `jwks_unavailable` where `verify` would wait for
   *   a fetch of the keys, so always with `skipJwksCache`; `options_invalid` where `organization` or `check` gives a promise,
   *   and always in Edge runtimes, where only `verify` is possible
   * @example
   * await verifier.prefetch()
   * const { userId } = verifier.verifySync(token)
   */
  verifySync(token: string, call?: CallOptions): AuthenticatedContext<P>
  /**
   * Fetches the keys unless they are fresh, so that the first request need not wait.
   *
   * @throws {AuthError} as a rejection: `jwks_unavailable`
   */
  prefetch(): Promise<void>
}

/**
 * Makes a verifier, for an app that checks its options at its start.
 *
 * @typeParam P the type of the payload, for claims of the app's own: the compiler believes it, nothing checks it
 * @throws {AuthError} `options_invalid`; with `engine: 'native'`, `addon_unavailable`
 * @example
 * const verifier = createVerifier({ logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' })
 * const auth = await verifier.verify(request)
 */
export function createVerifier<P extends AuthPayload = AuthPayload>(options: AuthOptions): Verifier<P>

/** What a middleware needs of a request. Express's own has it. */
export interface MiddlewareRequest {
  method?: string | undefined
  headers: object
}

/** What a middleware needs of a response. Express's own has it. */
export interface MiddlewareResponse {
  setHeader(name: string, value: string): unknown
  appendHeader(name: string, value: string): unknown
  hasHeader(name: string): boolean
  status(code: number): { json(body: unknown): unknown }
}

/** Goes on to the next handler, or with an error to the error handler. */
export type MiddlewareNext = (error?: unknown) => void

/** What `onError` can do with Express's request, where it does not name a type of its own. */
export interface ExpressRequest {
  readonly method: string
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  readonly originalUrl: string
  readonly path: string
  /** The parameters of the route, where the middleware stands in a route: strings, or for a wildcard of Express 5 an array. */
  // biome-ignore lint/suspicious/noExplicitAny: Express's own types say string, or string or array
  readonly params: { readonly [name: string]: any }
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

/** The options of `createExpressAuthMiddleware`. */
export interface ExpressAuthOptions extends VerifyAuthOptions {
  organization?: OrganizationChoice<ExpressRequest>
  check?: Check<ExpressRequest>
  /**
   * Called in place of the default response, so not for guests: it has to answer, or to call `next`. What it throws,
   * and what its promise rejects with, goes to `next`. A parameter may name Express's own type, `Request` or
   * `Response`.
   */
  // A method, so that Express's own types, which have more than those here, fit as well.
  onError?(error: AuthError, req: ExpressRequest, res: ExpressResponse, next: MiddlewareNext): unknown
}

/**
 * Makes a middleware for Express 4 and 5 that sets `req.auth` and calls `next()`, or answers with the `status` and
 * `headers` of the error and the body `{ error, message, code }`: 401, or 403 for a missing scope, with a challenge of
 * [RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3), any other 403 without, or 503 with `Retry-After`.
 * A fresh guest id is stored with `Set-Cookie`, and the response is `Cache-Control: private` unless the app says otherwise.
 * The types of `req.auth` come with `import 'logto-authkit/express-request'`.
 *
 * @returns the middleware, which gives a promise only where the request is refused, the keys have to be fetched, the event
 *   loop has no time left, `organization` or `check` gives a promise, or the portable engine verifies a signature
 * @throws {AuthError} `options_invalid`; with `engine: 'native'`, `addon_unavailable`
 * @example
 * const options = { logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' }
 * app.get('/me', createExpressAuthMiddleware(options), (req, res) => res.json({ userId: requireAuth(req).userId }))
 */
export function createExpressAuthMiddleware(
  options: AuthOptions<ExpressAuthOptions>,
): (req: MiddlewareRequest, res: MiddlewareResponse, next: MiddlewareNext) => void | Promise<void>

/** The answer of `verifyNextAuth`: `auth` is the user's only where `success` is true. */
export type NextAuthResult<P = AuthPayload> =
  | { success: true; auth: AuthenticatedContext<P>; error?: undefined }
  | {
      success: false
      /** The error's message, which is safe to show. */
      error: string
      code: AuthErrorCode
      /** 401, 403, or 503 during an outage, which is no reason to sign anybody out. */
      status: Exclude<AuthErrorStatus, 500>
      /** Those of the error: the challenge, or `Retry-After`. */
      headers: Readonly<Record<string, string>>
      /** The guest, with `allowGuest` only. */
      auth?: GuestContext
    }

/**
 * Verifies the token of a request in a Next.js route handler, server component, server action, middleware or proxy, and
 * never rejects for a bad token.
 *
 * @typeParam P the type of the payload, for claims of the app's own: the compiler believes it, nothing checks it
 * @param request a request, or any object with `cookies` or `headers`
 * @returns the user's context, or the reason of the refusal, with what a response needs; with `allowGuest` a guest has
 *   `success: false`, too, so that code which looks at `success` alone stays closed
 * @throws {AuthError} as a rejection: `options_invalid`, `addon_unavailable`
 * @example
 * const result = await verifyNextAuth(request, options)
 * if (!result.success) {
 *   const { error, code, status, headers } = result
 *   return Response.json({ error, code }, { status, headers })
 * }
 * return Response.json({ userId: result.auth.userId })
 */
export function verifyNextAuth<P extends AuthPayload = AuthPayload>(
  request: unknown,
  options: AuthOptions,
): Promise<NextAuthResult<P>>

/** The options of `withNextAuth`. */
export interface NextAuthOptions extends VerifyAuthOptions {
  organization?: OrganizationChoice<Request>
  check?: Check<Request>
  /** Told of each refusal, whatever the response; also where a guest takes the place of a refusal. */
  // A method, so that a parameter may be a NextRequest.
  onError?(error: AuthError, request: Request): void
}

/**
 * Guards a route handler of Next.js. A request that is refused gets the response of `createExpressAuthMiddleware`, and so does
 * an `AuthError` that the handler throws. With
 * `allowGuest` the handler is called for guests too, and a fresh guest id is stored with `Set-Cookie`; the response is
 * `Cache-Control: private` unless the handler says otherwise.
 *
 * @typeParam P the type of the payload, for claims of the app's own: the compiler believes it, nothing checks it
 * @param handler called with the request, the context of its author and what else Next.js gave, such as `{ params }`
 * @param options read at the first request, since `next build` loads routes too; where they are wrong, the response is
 *   500, and stderr says why
 * @returns the guarded handler, to be exported as `GET` and so on
 * @example
 * export const GET = withNextAuth((request, auth) => Response.json({ userId: auth.userId }), options)
 */
export function withNextAuth<P extends AuthPayload = AuthPayload, R extends Request = Request, C = unknown>(
  handler: (request: R, auth: AuthContext<P>, ctx: C) => Response | Promise<Response>,
  options: AuthOptions<NextAuthOptions>,
): (request: R, ...ctx: unknown extends C ? [ctx?: C] : [ctx: C]) => Promise<Response>

/**
 * Forgets the keys of a tenant, for the whole process, or for this thread with the portable engine: the next token waits for a
 * fetch. After a leak, call it once the leaked key is deleted: Logto publishes the previous key of a rotation until then.
 *
 * @param target the tenant's endpoint, the URL of its keys, a list of these, or options that name them
 * @returns the number of key sets that it forgot
 * @throws {AuthError} `options_invalid`
 */
export function invalidateJwksCache(
  target: string | string[] | Pick<VerifyAuthOptions, 'logtoUrl'> | { jwksUri: string },
): number

/**
 * The keys of a tenant that this process has, for `initialJwks` of the next: public keys alone, each as the tenant published it.
 *
 * @param target the tenant's endpoint, the URL of its keys, or options that name them
 * @returns a JWK Set, and when it was fetched, in milliseconds since the Unix epoch; `null` where there is none
 * @throws {AuthError} `options_invalid`
 */
export function exportJwks(
  target: string | Pick<VerifyAuthOptions, 'logtoUrl'> | { jwksUri: string },
): { keys: object[]; fetchedAt: number } | null

/**
 * Forgets the keys of all tenants, for the whole process, or for this thread with the portable engine.
 */
export function clearJwksCache(): void

/** The state of the keys of one JWKS URL. Times are in milliseconds. */
export interface JwksStatus {
  jwksUri: string
  /** The engine that holds the keys. */
  engine: 'native' | 'portable'
  /** The number of keys that can verify a token. */
  keys: number
  /** The time since the keys were fetched; absent where they never were. */
  ageMs?: number
  isFetching: boolean
  /**
   * The failures since the last good answer, if any: their number, the last reason, the time until the next attempt, and
   * whether the last is an outage, in which keys serve past their time.
   */
  failure?: { count: number; reason: string; retryAfterMs: number; isOutage: boolean }
}

/**
 * The engine of this process: `'native'` or, where its addon does not load and in Edge runtimes, `'portable'`. Verifiers with the
 * option `engine` may have the other.
 */
export function getEngine(): 'native' | 'portable'

/**
 * The state of the keys of each tenant that has been asked for, the most recently used first: for the whole process, or for this
 * thread with the portable engine. For dashboards; a readiness probe asks `isReady`.
 */
export function getJwksStatus(): JwksStatus[]

/**
 * Whether a token could be verified now, for readiness probes: with keys that are fresh, that serve through an outage, or that
 * the next request would fetch anew. `false` before the first fetch.
 *
 * @param options the options whose keys are meant. The keys are fetched in the background where they are absent or due; with
 *   `skipJwksCache` or `jwks` the answer is always `true`; of several tenants, one with keys is enough. Without options: the keys of
 *   every tenant that has been asked for, with the default `jwksCacheTtlMs` and `jwksMaxStaleMs`; `false` where there is none
 * @throws {AuthError} `options_invalid`, `addon_unavailable`
 * @example
 * app.get('/readyz', (_req, res) => res.sendStatus(isReady(options) ? 200 : 503))
 */
export function isReady(options?: AuthOptions): boolean

/**
 * The channels of `node:diagnostics_channel` that this package publishes to, and their messages. No message holds a
 * token. A message about a request is published where the request is verified, so that a subscriber finds its
 * `AsyncLocalStorage` and active span. Edge runtimes publish none.
 */
export interface DiagnosticsMessages {
  /**
   * A token was accepted. Of several tenants, `jwksUri` is that of the token's; in the next two messages it is `undefined` where no
   * token names one of them.
   */
  'logto-authkit:verified': { jwksUri: string; userId: string }
  /** A request was not let in. */
  'logto-authkit:refused': Pick<AuthError, 'code' | 'status' | 'details'> & { jwksUri: string | undefined }
  /** A request was let in as a guest, in place of the refusal `code`. */
  'logto-authkit:guest': { jwksUri: string | undefined; guestId: string; isFresh: boolean; code: AuthErrorCode }
  /** Keys have been fetched. */
  'logto-authkit:keys-fetched': JwksStatus
  /** The log of revocations could not be followed. */
  'logto-authkit:revocations-behind': { behindMs: number; reason: string }
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

/** A context or a payload, which the helpers below look into. A guest, `null` and `undefined` have nothing. */
export type Subject = AuthContext | AuthPayload | null | undefined

/**
 * Whether a context or payload has scopes, each compared as a whole
 * ([RFC 6749 section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)). A guest has none.
 *
 * @param scopes space-delimited, or an array; at least one
 * @param options `mode`: `'all'` of the scopes are needed (the default), or `'any'` of them
 * @throws {AuthError} `options_invalid` where no scope is asked for
 * @example
 * hasScopes(auth, 'read:things write:things')
 * hasScopes(auth, ['read:things', 'admin'], { mode: 'any' })
 */
export function hasScopes(subject: Subject, scopes: string | string[], options?: { mode?: 'all' | 'any' }): boolean

/**
 * Does nothing where `hasScopes` is true of the same arguments, and throws where it is false.
 *
 * @throws {AuthError} `scope_missing`; `options_invalid` where no scope is asked for
 */
export function requireScopes(subject: Subject, scopes: string | string[], options?: { mode?: 'all' | 'any' }): void

/**
 * Whether a context or payload has a role, compared as a whole. A guest has none.
 *
 * **No access token of Logto has roles by itself**: without a custom claims script that puts them there, this is false for
 * everyone. Scopes are what Logto makes of roles: `hasScopes`.
 *
 * @param options `claimKeys`: the claims that are looked into, each of them a role or an array of roles. Default
 *   `roles` and `role`
 * @throws {AuthError} `options_invalid` where no role is asked for
 * @example
 * hasRole(auth, 'admin', { claimKeys: ['organization_roles'] })
 */
export function hasRole(subject: Subject, role: string, options?: { claimKeys?: string[] }): boolean

/**
 * Does nothing where `hasRole` is true of the same arguments, and throws where it is false: for everyone, on a tenant
 * without a custom claims script that puts roles into its tokens.
 *
 * @throws {AuthError} `role_missing`; `options_invalid` where no role is asked for
 */
export function requireRole(subject: Subject, role: string, options?: { claimKeys?: string[] }): void

/** Who a token speaks for, and what it says besides. */
export interface Principal {
  /** `'client'` where `sub` equals `client_id`: a machine-to-machine token. `null` for a guest. */
  subjectType: 'user' | 'client' | null
  /** `null` where the subject is a client. */
  userId: string | null
  /** The app that the token was issued to. */
  clientId: string | null
  /**
   * The one organization that the token is of: that of an organization token's audience, or of `organization_id`. `null` where the
   * token is of none, or names several.
   */
  organizationId: string | null
  /**
   * Who acts for the subject: [RFC 8693 section 4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1). Logto names the actor
   * only where the exchange was sent an `actor_token`.
   */
  actorId: string | null
  /** Each once; none for a guest. */
  scopes: string[]
  /** The expiry, in seconds since the Unix epoch. */
  expiresAt: number | null
}

/**
 * Who a context or payload speaks for. A guest, `null` and `undefined` are nobody: each member is `null`, and there are no scopes.
 *
 * @example
 * const { organizationId } = principalOf(auth)
 */
export function principalOf(subject: Subject): Principal

/**
 * The context of an authenticated user or client.
 *
 * @typeParam P the type of the payload, for claims of the app's own: the compiler believes it, nothing checks it
 * @param subject a context, or a request with one in `auth`
 * @throws {AuthError} `token_missing` for anything else, guests included
 * @example
 * app.get('/me', createExpressAuthMiddleware(options), (req, res) => res.json({ userId: requireAuth(req).userId }))
 */
export function requireAuth(subject: unknown): AuthenticatedContext
export function requireAuth<P>(subject: unknown): AuthenticatedContext<P>

/**
 * Something that is revoked, as a log holds it: JSON. Times are in seconds since the Unix epoch.
 *
 * `user` and `client`: their tokens whose `iat` is not after `at`, or, without `at`, after the log's own time of the entry;
 * with `organizationId` only those within that organization, and plain ones, which may carry its scopes. `token`: those
 * with these `jti`s, remembered until `exp`.
 */
export interface RevocationEntry {
  type: 'user' | 'client' | 'token'
  ids: string[]
  organizationId?: string | undefined
  at?: number | undefined
  exp?: number | undefined
}

/** What a list asks of its log, and is told by it. Nothing that a listener does throws. */
export interface RevocationLogListener {
  /**
   * The time, in milliseconds, of the oldest entry that can still matter to this process, by its own clock. Older ones may be told
   * of, too. A log that is trimmed goes by its own clock: another process may need what is older.
   */
  since: number
  /** An entry, or what stands in its place, and the log's time of it, in milliseconds. Entries may come twice. */
  onEntry(entry: unknown, time: number): void
  /** Everything that the log has is told. To be called again and again while nothing is new: at least once in 3 seconds. */
  onCaughtUp(): void
  /** The log cannot be read. The log tries again by itself. */
  onError(error: unknown): void
}

/**
 * An append-only log that every process of a fleet replays and then follows. `createRevocationList` has one in memory, for one
 * process; `logto-authkit/redis` has one for Redis and Valkey.
 */
export interface RevocationLog {
  /** Stores an entry. Resolves to the log's time of it, in milliseconds, once it is safe; rejects where it is not. */
  append(entry: RevocationEntry): Promise<number>
  /** Tells the listener of the entries that are there, and of each one that comes, in the log's order. */
  follow(listener: RevocationLogListener): void
}

/** The options of `createRevocationList`. */
export interface RevocationListOptions {
  /** The log that the processes of a fleet share. Default this process's memory; refused where it is `undefined`. */
  log?: RevocationLog
  /** The longest lifetime of the tenant's access tokens, in seconds: entries are kept as long. Default 86,400. */
  maxTokenLifetime?: number
  /**
   * What to do where the log cannot be read for longer than `maxBehindMs`: `'serve'` goes on with what is known, `'refuse'` answers
   * 503 (`revocations_unavailable`). Default `'serve'`.
   */
  whenBehind?: 'serve' | 'refuse'
  /** In milliseconds. Default 10,000. */
  maxBehindMs?: number
}

/** Tokens that are refused before their time: the option `revocations`. A look-up waits for nothing. */
export interface RevocationList {
  /**
   * Refuses the tokens of a user that have been issued until now. New ones are accepted: only Logto keeps a user from those.
   *
   * @param options `organizationId`: only tokens within that organization, and plain ones, which may carry its scopes
   * @returns a promise that resolves once the log has it, and rejects where the log has not
   * @throws {AuthError} as a rejection: `options_invalid`
   */
  revokeUser(sub: string, options?: { organizationId?: string }): Promise<void>
  /** Refuses the tokens that have been issued to a client until now. As `revokeUser`. */
  revokeClient(clientId: string): Promise<void>
  /** Refuses one token, by its `jti`. `exp` is the token's own, in seconds since the Unix epoch. As `revokeUser`. */
  revokeToken(jti: string, options: { exp: number }): Promise<void>
  /**
   * Refuses what an event of Logto asks for: a webhook's, as `verifyWebhook` gives it, or what `verifyLogoutToken` gives.
   *
   * @returns whether it revoked something
   */
  apply(event: unknown): Promise<boolean>
  /**
   * The number of entries; whether and for how many milliseconds there may be some that this process does not know; how many
   * entries of the log were none; and why the log cannot be read.
   */
  status(): { entries: number; isBehind: boolean; behindMs: number; skipped: number; lastError: string | null }
}

/**
 * Makes the list of tokens that are refused before their time. One for a process; every verifier may have it.
 *
 * @throws {AuthError} `options_invalid`
 * @example
 * const revocations = createRevocationList()
 * const requireUser = createExpressAuthMiddleware({ ...options, revocations })
 * await revocations.revokeUser(userId)
 */
export function createRevocationList(options?: RevocationListOptions): RevocationList

/** An event as Logto's webhooks send it, once its signature is verified. */
export interface LogtoWebhookEvent {
  /** Such as `User.Deleted`. */
  event: string
  /** The tenant's time of it: ISO 8601. */
  createdAt?: string
  // biome-ignore lint/suspicious/noExplicitAny: each event has members of its own
  [member: string]: any
}

/**
 * Verifies a webhook of Logto: the HMAC-SHA256 of the body under the hook's signing key, in constant time.
 *
 * @param rawBody the body as it came, bytes or text, before anything has parsed it
 * @param signature the header `logto-signature-sha-256`
 * @param signingKey the hook's signing key; several while one replaces another, since Logto has no overlap
 * @returns the event. Not in Edge runtimes, where `createWebhookHandler` verifies
 * @throws {AuthError} `webhook_invalid`, where the header is missing, too: Logto leaves it out where the hook has no key;
 *   `options_invalid`
 */
export function verifyWebhook(
  rawBody: string | Uint8Array,
  signature: string | null | undefined,
  signingKey: string | string[],
): LogtoWebhookEvent

/** The options of `createWebhookHandler`. */
export interface WebhookHandlerOptions {
  /** The hook's signing key; several while one replaces another. */
  signingKey: string | string[]
  revocations: RevocationList
  /**
   * The age past which an event is refused, in milliseconds. By default any: an event that comes again, or late, ends no token that
   * is newer than the event.
   */
  maxAgeMs?: number
}

/**
 * Makes the route that Logto's webhooks go to, for Fetch requests: Next.js, Hono and others. What an event ends, `revocations`
 * refuses from then on. Answers 204, whatever the event; 401 for a signature that is not good; 503 where the log has not got it.
 * Logto may not send it again: a warning says that `revokeUser` has to be called.
 *
 * @throws {AuthError} `options_invalid`
 * @example
 * const { LOGTO_WEBHOOK_KEY: signingKey = '' } = process.env
 * export const POST = (request: Request) => createWebhookHandler({ signingKey, revocations })(request)
 */
export function createWebhookHandler(options: WebhookHandlerOptions): (request: Request) => Promise<Response>

/**
 * As `createWebhookHandler`, for Express and `node:http`. The body must not be parsed before: mount the route before
 * `express.json()`, or with `express.raw({ type: '*' + '/*' })`. A response that the app has sent meanwhile stays as it is.
 *
 * @throws {AuthError} `options_invalid`
 */
export function createExpressWebhookHandler(
  options: WebhookHandlerOptions,
): (req: MiddlewareRequest, res: object, next?: MiddlewareNext) => Promise<void>

/** The options of `verifyLogoutToken`. */
export interface LogoutTokenOptions
  extends Pick<VerifyAuthOptions, 'logtoUrl' | 'issuer' | 'jwksUri' | 'jwks' | 'clockTolerance'> {
  /** The client that the token is for: Logto calls it the App ID. */
  clientId: string
}

/**
 * Verifies a logout token:
 * [OpenID Connect Back-Channel Logout 1.0 section 2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation).
 *
 * @param options keep the object: it is read at its first use
 * @returns the user, the time of the logout in seconds, and the session, if it is named; for `apply` of a list
 * @throws {AuthError} as a rejection, with the codes of any token
 */
export function verifyLogoutToken(
  token: string,
  options: LogoutTokenOptions,
): Promise<{ sub: string; iat: number; sid?: string }>

/** The options of `createLogoutHandler`. */
export interface LogoutHandlerOptions extends LogoutTokenOptions {
  revocations: RevocationList
}

/**
 * Makes the route for back-channel logout, for Fetch requests. The tokens that a user had when signing out are refused from then
 * on. Answers 204; 401 for a token that is not good; 503 where the keys, or the log, are away.
 *
 * @throws {AuthError} `options_invalid`
 */
export function createLogoutHandler(options: LogoutHandlerOptions): (request: Request) => Promise<Response>

/**
 * As `createLogoutHandler`, for Express and `node:http`, before any parser of bodies.
 *
 * @throws {AuthError} `options_invalid`
 */
export function createExpressLogoutHandler(
  options: LogoutHandlerOptions,
): (req: MiddlewareRequest, res: object, next?: MiddlewareNext) => Promise<void>

/** Attributes of a cookie: [RFC 6265 section 4.1.2](https://www.rfc-editor.org/rfc/rfc6265#section-4.1.2). */
export interface CookieAttributes {
  /** The cookie's lifetime, in seconds. */
  maxAge?: number
  domain?: string
  /** Default `/`. */
  path?: string
  sameSite?: 'Strict' | 'Lax' | 'None'
}

/**
 * A `Set-Cookie` value for a token, which no script can read: HttpOnly, Secure, by default SameSite=Strict and for 7
 * days.
 *
 * @param options `cookieName`: default `logto_authtoken`, where this package looks for a token
 * @throws {AuthError} `options_invalid` for a value or an attribute that could split the header
 * @example
 * res.appendHeader('Set-Cookie', buildAuthCookieHeader(token, { sameSite: 'Lax' }))
 */
export function buildAuthCookieHeader(token: string, options?: CookieAttributes & { cookieName?: string }): string

/**
 * A `Set-Cookie` value for a guest's id, which scripts can read: by default Secure, SameSite=Lax and for 7 days. The
 * middlewares and `withNextAuth` send it themselves.
 *
 * @param guestId 8 to 128 letters, digits, `_` and `-`
 * @param options `secure`: `false` for http
 * @throws {AuthError} `options_invalid` for another id, or an attribute that could split the header
 */
export function buildGuestCookieHeader(guestId: string, options?: CookieAttributes & { secure?: boolean }): string

export const CSRF_COOKIE_NAME: 'logto_csrf_token'
export const CSRF_HEADER_NAME: 'x-csrf-token'

/** The options of the functions against forged requests. */
export interface CsrfOptions extends CookieAttributes {
  /** Default `CSRF_COOKIE_NAME`. */
  cookieName?: string
  /** Default `CSRF_HEADER_NAME`. */
  headerName?: string
  sameSite?: 'Strict' | 'Lax'
}

/** The options of `createCsrfMiddleware`. */
export interface CsrfMiddlewareOptions extends CsrfOptions {
  /** The cookie that authenticates, the auth middleware's `cookieName`: requests without it pass. Default
   * `logto_authtoken`. */
  authCookieName?: string
  /**
   * Signs tokens (HMAC-SHA-256) and binds them to the user: at least 32 random characters. Of an array the first signs, and
   * each verifies. Without a secret, whoever can plant a cookie knows its token. `undefined` is refused.
   */
  secret?: string | string[]
}

/** A random token against forged requests: a UUID v4, not signed. */
export function generateCsrfToken(): string

/**
 * A `Set-Cookie` value for a token against forged requests, which scripts can read: Secure, by default SameSite=Strict
 * and for one day.
 *
 * @throws {AuthError} `options_invalid` for an unknown option, and for a value or an attribute that could split the header
 */
export function buildCsrfCookieHeader(token: string, options?: CsrfOptions): string

/**
 * Whether a request has the same token in its cookie and its header, compared in constant time. It verifies no signature,
 * and does not ask whether the request needs a token: `createCsrfMiddleware` does.
 *
 * @param request any that `verifyAuth` understands
 * @returns `error` says what is missing, and is safe to show
 * @throws {AuthError} `options_invalid`
 * @example
 * const { valid } = verifyCsrfToken(request)
 * if (!valid) return new Response(null, { status: 403 })
 */
export function verifyCsrfToken(
  request: unknown,
  options?: CsrfOptions,
): { valid: true; error?: undefined } | { valid: false; error: string }

/**
 * Makes a middleware for Express 4 and 5 against forged requests, by double submit. A safe method
 * ([RFC 9110 section 9.2.1](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1)) gets the cookie if it has none. Any other
 * request with the auth cookie gets 403 where `Sec-Fetch-Site` is `cross-site`, or cookie and header do not hold the same
 * good token. Requests without the auth cookie, such as those with a Bearer token alone, pass: they cannot be forged.
 *
 * With `secret`, tokens are bound to the user of `req.auth` where an auth middleware stands before this one; else to the
 * access token itself, so that each renewal of the access token takes a new CSRF token.
 *
 * @throws {AuthError} `options_invalid`
 * @example
 * app.use(createExpressAuthMiddleware({ ...options, allowGuest: true }))
 * app.use(createCsrfMiddleware({ secret: process.env.CSRF_SECRET }))
 */
export function createCsrfMiddleware(
  options?: CsrfMiddlewareOptions,
): (req: MiddlewareRequest, res: MiddlewareResponse, next: MiddlewareNext) => Promise<void>
