import type { AuthContext, AuthenticatedContext, AuthOptions, AuthPayload, MiddlewareNext } from '.'

/** The options of `resourceMetadata`. An unknown option is refused by name. */
export interface ResourceMetadataOptions {
  /** The tenant's endpoint, as in `VerifyAuthOptions`; of several tenants that issue tokens for the resource, all. */
  logtoUrl: string | string[]
  /** The `issuer` of the tenant, as in `VerifyAuthOptions`. Default `${logtoUrl}/oidc`. */
  issuer?: string | string[]
  /**
   * The URL of the MCP server, http(s), without a fragment. It has to be the API resource's indicator in Logto and the `audience`
   * of the verifier, character by character, and clients compare it with the URL that they ask.
   */
  resource: string
  /**
   * The scopes that clients ask for at first, space-delimited or in an array. Leave out those that only some tools need: clients
   * ask for these when a challenge names them. By default the document names none.
   */
  scopes?: string | string[]
  /** A name for people to read. */
  resourceName?: string
  /** The URL of a page for developers, http(s). */
  resourceDocumentation?: string
}

/** The metadata of a protected resource: [RFC 9728 section 2](https://www.rfc-editor.org/rfc/rfc9728#section-2). */
export interface ResourceMetadataDocument {
  readonly resource: string
  /** The issuers of tokens, whose own metadata say where a client gets one. */
  readonly authorization_servers: readonly string[]
  readonly scopes_supported?: readonly string[]
  readonly bearer_methods_supported: readonly ['header']
  readonly resource_name?: string
  readonly resource_documentation?: string
}

/** What `expressHandler` needs of a request. That of Express has it, and that of `node:http`. */
export interface MetadataRequest {
  method?: string | undefined
  originalUrl?: string
  url?: string | undefined
}

/** What `expressHandler` needs of a response. That of Express has it, and that of `node:http`. */
export interface MetadataResponse {
  statusCode: number
  setHeader(name: string, value: string): unknown
  end(body?: string): unknown
}

/** The metadata of a protected resource, and what serves them. The handlers may be called without their object. */
export interface ResourceMetadata {
  readonly document: ResourceMetadataDocument
  /**
   * The path of the document, `/.well-known/oauth-protected-resource` and then that of the resource:
   * [RFC 9728 section 3.1](https://www.rfc-editor.org/rfc/rfc9728#section-3.1).
   */
  readonly path: string
  /** The paths that the handlers answer: `path`, and the one without the path of the resource. */
  readonly paths: readonly string[]
  /** The URL of the document, for the option `resourceMetadataUrl`. */
  readonly url: string
  /** Answers GET, HEAD and OPTIONS, of any origin; other methods with 405, other paths with 404. */
  fetchHandler(request: Request): Response
  /** The same for Express, for `app.use`, and for `node:http`; requests for other paths go on to `next`. */
  expressHandler(req: MetadataRequest, res: MetadataResponse, next: MiddlewareNext): void
}

/**
 * Makes the metadata of an MCP server, or of any other API, by which clients find the tenant:
 * [RFC 9728](https://www.rfc-editor.org/rfc/rfc9728).
 *
 * @throws {AuthError} `options_invalid`
 * @example
 * const resource = 'https://api.example.com/mcp'
 * const metadata = resourceMetadata({ logtoUrl: 'https://tenant.logto.app', resource, scopes: 'notes:read' })
 * app.use(metadata.expressHandler)
 */
export function resourceMetadata(options: ResourceMetadataOptions): ResourceMetadata

/** What the MCP SDK hands to a tool as `extra.authInfo`, with the context of the user in `extra`. */
export interface AuthInfo<P = AuthPayload> {
  /** The token itself. It is for this server alone: do not send it to another. */
  token: string
  /** `client_id`; empty where the token has none. */
  clientId: string
  scopes: string[]
  /** The expiry, in seconds since the Unix epoch. */
  expiresAt: number
  /** The audience that was accepted, where it is a URL; absent where the token has several that would be. */
  resource?: URL
  /** The context of the user: `extra.userId`, `requireScopes(extra, 'notes:write')`, `principalOf(extra)`. */
  extra: AuthenticatedContext<P> & Record<string, unknown>
}

/**
 * The `AuthInfo` of a request that a middleware of this package has let in, for the transport of the MCP SDK.
 *
 * @typeParam P the type of the payload, for claims of the app's own: the compiler believes it, nothing checks it
 * @param auth what the middleware has set; of a guest there is no `AuthInfo`
 * @param tokenOrRequest the token, or the request with the token in its `Authorization` header
 * @throws {AuthError} `options_invalid` where this is not the token that `auth` was made of: the middleware needs
 *   `tokenFrom: 'header'`
 * @example
 * const authInfo = authInfoOf(c.get('auth'), c.req.raw)
 * return transport.handleRequest(c.req.raw, { authInfo })
 */
export function authInfoOf<P extends AuthPayload = AuthPayload>(
  auth: AuthenticatedContext<P>,
  tokenOrRequest: unknown,
): AuthInfo<P>
export function authInfoOf<P extends AuthPayload = AuthPayload>(
  auth: AuthContext<P> | null | undefined,
  tokenOrRequest: unknown,
): AuthInfo<P> | undefined

/** The MCP SDK's `OAuthTokenVerifier`. */
export interface TokenVerifier<P = AuthPayload> {
  /**
   * Verifies a token, never as a guest.
   *
   * @throws as a rejection, the errors of the SDK that its `requireBearerAuth` answers: `InvalidTokenError` with 401,
   *   `InsufficientScopeError` with 403, `ServerError` with 500, also where the keys cannot be fetched. `cause` is the `AuthError`.
   *   Where the SDK is not installed, the `AuthError` itself
   */
  verifyAccessToken(token: string): Promise<AuthInfo<P>>
}

/** Classes of the MCP SDK: its module `server/auth/errors.js` has them. */
export interface SdkErrors {
  InvalidTokenError: new (message: string) => Error
  InsufficientScopeError: new (message: string) => Error
  ServerError: new (message: string) => Error
}

/**
 * Makes a token verifier for `requireBearerAuth` of the MCP SDK. `createExpressAuthMiddleware` with `authInfoOf` does the same and
 * more: it answers 503 in an outage, and names the scopes that are missing.
 *
 * @typeParam P the type of the payload, for claims of the app's own: the compiler believes it, nothing checks it
 * @param options `allowGuest` is ignored, and so is what is about requests; functions get no request
 * @param errors the errors to reject with. By default they are loaded where a token is refused; an app that bundles the SDK has
 *   copies of its own, and has to name them
 * @throws {AuthError} `options_invalid`; with `engine: 'native'`, `addon_unavailable`
 * @example
 * const verifier = tokenVerifier({ logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com/mcp' })
 * app.use('/mcp', requireBearerAuth({ verifier, resourceMetadataUrl: metadata.url }))
 */
export function tokenVerifier<P extends AuthPayload = AuthPayload>(
  options: AuthOptions,
  errors?: SdkErrors,
): TokenVerifier<P>
