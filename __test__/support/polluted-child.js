'use strict'

// The process of polluted-prototype.test.js. It makes the same calls once as they should be, and once for each member that
// Object.prototype is given, and prints which answers differ.

const {
  buildAuthCookieHeader,
  buildGuestCookieHeader,
  createExpressAuthMiddleware,
  createVerifier,
  hasRole,
  hasScopes,
  invalidateJwksCache,
  isReady,
  principalOf,
  requireAuth,
  requireScopes,
  verifyAuth,
  verifyLogtoToken,
  verifyNextAuth,
  withNextAuth,
} = require('logto-authkit')
const { authInfoOf, resourceMetadata, tokenVerifier } = require('logto-authkit/mcp')

const { options, attackerKeys, tokens } = JSON.parse(process.argv[2])
const isNative = !process.execArgv.includes('--conditions=edge-light')
const SCOPE = 'read:things'
const CONTEXT = { userId: 'eve', isAuthenticated: true, payload: { sub: 'eve', scope: 'admin:write' }, isGuest: false }

/** Each value is given to all objects as the member of that name, alone. */
const POLLUTION = {
  // Options.
  jwksUri: attackerKeys,
  logtoUrl: 'https://evil.example',
  audience: 'https://evil.example',
  issuer: 'https://evil.example',
  allowGuest: true,
  requiredScope: 'other:scope',
  cookieName: 'other',
  tokenFrom: 'cookie',
  resourceMetadataUrl: 'https://evil.example',
  tokenType: 'other+jwt',
  clockTolerance: 600,
  jwksCacheTtlMs: 'x',
  jwksMaxStaleMs: 'x',
  jwksTimeoutMs: 'x',
  skipJwksCache: true,
  tokenCacheSize: 'x',
  onError: 'x',
  organization: 'org-1',
  clientId: 'other',
  subjectType: 'client',
  allowActor: false,
  check: () => false,
  scopes: 'evil',
  resource: 'https://evil.example',
  resourceName: 'evil',
  resourceDocumentation: 'https://evil.example',
  organizationToken: true,
  request: {},
  // Verdicts, outcomes and plans.
  auth: CONTEXT,
  error: { status: 401, code: 'token_missing' },
  payload: { sub: 'eve', scope: 'admin:write' },
  isFreshGuest: true,
  mayBeGuest: false,
  success: true,
  key: { kid: 'x' },
  noKey: 'unknown',
  keys: [{}],
  flight: {},
  refresh: true,
  refusal: { status: 401 },
  fly: true,
  flaw: 'x',
  isOutage: false,
  retryAfterMs: 1e9,
  failure: { count: 1, reason: 'x', isOutage: false, retryAfterMs: 1e9 },
  ageMs: 1e9,
  // Claims, headers and keys of JSON.
  sub: 'eve',
  scope: 'admin:write other:scope',
  exp: 9_999_999_999,
  nbf: 9_999_999_999,
  iss: 'https://evil.example',
  aud: options.audience,
  client_id: 'user-1',
  organization_id: 'org-1',
  act: { sub: 'eve' },
  roles: ['admin'],
  role: 'admin',
  typ: 'other+jwt',
  kid: 'x',
  alg: 'RS256',
  use: 'enc',
  key_ops: ['sign'],
  crv: 'P-256',
  d: 'x',
  crit: ['x'],
  b64: false,
  // Helpers.
  mode: 'any',
  claimKeys: ['sub'],
  isAuthenticated: true,
  userId: 'eve',
  isGuest: false,
  domain: 'evil.example',
  path: '/evil',
  httpOnly: true,
  secure: true,
  sameSite: 'None',
  maxAge: 1,
  expires: 'x',
  partitioned: true,
  priority: 'high',
  // Requests and errors.
  cookies: { logto_authtoken: tokens.good, guest_logto_authtoken: 'evil-evil' },
  cookie: `logto_authtoken=${tokens.good}`,
  authorization: `Bearer ${tokens.good}`,
  logto_authtoken: tokens.good,
  originalUrl: '/.well-known/oauth-protected-resource',
  code: 'x',
  details: { reason: 'x' },
  retryAfterSeconds: 1e9,
  missing: 'x',
  required: 'x',
}

const GUESTS = { ...options, allowGuest: true }
const SCOPED = { ...options, requiredScope: SCOPE }
const verifier = createVerifier(SCOPED)
const requestWith = (token) => ({ headers: { authorization: `Bearer ${token}` } })

/** An answer in a form that can be compared: the user, what a guest is, or the refusal. */
const shown = ({ userId, isGuest }) => (isGuest ? 'guest' : userId)
const refusal = (error) => {
  const { code, message, retryAfterSeconds } = { __proto__: null, ...error, message: error.message }
  const [metadata] = /resource_metadata.*/.exec(error.headers?.['WWW-Authenticate']) ?? []
  return [code ?? message, retryAfterSeconds ?? [], metadata ?? []].flat().join()
}

async function inExpress(token, changes) {
  const middleware = createExpressAuthMiddleware({ ...options, ...changes })
  const headers = []
  const req = { secure: false, ...(token === undefined ? { headers: {} } : requestWith(token)) }
  return new Promise((resolve) => {
    const res = {
      hasHeader: () => false,
      setHeader: (name) => headers.push(name),
      appendHeader: (name, value) => headers.push(`${name} ${value.replace(/=[^;]+/, '')}`),
      status: (status) => ({ json: ({ error }) => resolve([status, error, ...headers].join()) }),
    }
    middleware(req, res, (bug) => resolve(bug ? `bug: ${bug}` : [shown(req.auth), ...headers].join()))
  })
}

/** Every call, by its name. */
function callsOf() {
  const calls = {}
  for (const [name, token] of Object.entries(tokens)) {
    calls[`verifyAuth: ${name}`] = async () => shown(await verifyAuth(token, options))
    calls[`a new object: ${name}`] = async () => shown(await verifyAuth(token, { ...options }))
    calls[`a verifier: ${name}`] = async () => shown(await verifier.verify(token))
    calls[`a new verifier: ${name}`] = async () =>
      shown(await createVerifier({ ...options }).verify(requestWith(token)))
    calls[`verifyLogtoToken: ${name}`] = async () => shown(await verifyLogtoToken(token, { ...options }))
    if (isNative) calls[`verifySync: ${name}`] = async () => shown(createVerifier({ ...options }).verifySync(token))
    calls[`Express: ${name}`] = () => inExpress(token, { requiredScope: SCOPE })
  }
  return {
    ...calls,
    'no token': async () => shown(await verifyAuth({ headers: {} }, options)),
    'an empty request': async () => shown(await verifyAuth({}, options)),
    'a guest': async () => shown(await verifyAuth({}, GUESTS)),
    'Express, no token': () => inExpress(undefined, {}),
    'Express, a guest': () => inExpress(undefined, { allowGuest: true }),
    verifyNextAuth: async () => (await verifyNextAuth(requestWith(tokens.good), { ...options })).success,
    'verifyNextAuth, refused': async () =>
      Object.keys(await verifyNextAuth(requestWith(tokens.forged), options)).join(),
    withNextAuth: async () => {
      const { userId, status } = await withNextAuth((_request, auth) => auth, options)(requestWith(tokens.good))
      return userId ?? status
    },
    isReady: async () => isReady({ ...options }),
    'isReady, any': async () => isReady(),
    'within an organization': async () => shown(await verifyAuth(tokens.good, { ...options, organization: 'org-1' })),
    'an organization in a call': async () => shown(await verifier.verify(tokens.good, { organization: true })),
    'within none': async () => shown(await verifyAuth(tokens.good, { ...options, organization: false })),
    'a user, and nobody who acts for the user': async () =>
      shown(await verifyAuth(tokens.good, { ...options, subjectType: 'user', allowActor: false, clientId: 'app-1' })),
    'no client': async () => shown(await verifyAuth(tokens.withoutClient, { ...options, clientId: 'user-1' })),
    principalOf: async () => JSON.stringify(principalOf(await verifyAuth(tokens.withoutClient, options))),
    resourceMetadata: async () => {
      const { logtoUrl } = options
      const { document, expressHandler } = resourceMetadata({ logtoUrl, resource: 'https://api.example' })
      const isServed = await new Promise((resolve) => {
        expressHandler({ method: 'GET', url: '/' }, { setHeader() {}, end: () => resolve(true) }, () => resolve(false))
      })
      return `${isServed} ${JSON.stringify(document)}`
    },
    tokenVerifier: async () => {
      const { verifyAccessToken } = tokenVerifier({ ...options })
      return verifyAccessToken(tokens.withoutClient).then(JSON.stringify, ({ cause }) => cause.code)
    },
    authInfoOf: async () =>
      JSON.stringify(authInfoOf(await verifyAuth(tokens.good, options), requestWith(tokens.good)) ?? 'none'),
    'authInfoOf nobody': async () => authInfoOf({}, tokens.good) ?? 'none',
    requireAuth: async () => requireAuth({}).userId,
    hasScopes: async () => hasScopes({ sub: 'a' }, 'admin:write'),
    'hasScopes of two': async () => hasScopes({ sub: 'a', scope: 'a' }, 'a b'),
    'hasScopes of a guest': async () =>
      hasScopes({ userId: null, isAuthenticated: false, payload: null }, 'admin:write'),
    requireScopes: async () => requireScopes({ sub: 'a', scope: 'a' }, 'a b'),
    hasRole: async () => hasRole({ sub: 'admin' }, 'admin'),
    buildAuthCookieHeader: async () => buildAuthCookieHeader('a.b.c'),
    'buildAuthCookieHeader, a name': async () => buildAuthCookieHeader('a.b.c', { cookieName: 'a' }),
    buildGuestCookieHeader: async () => buildGuestCookieHeader('abcdefgh', { secure: false }),
  }
}

async function answersOf(calls) {
  const answers = {}
  for (const [name, call] of calls) {
    try {
      answers[name] = String(await call())
    } catch (error) {
      answers[name] = String(refusal(error))
    }
  }
  return answers
}

async function main() {
  const calls = Object.entries(callsOf())
  await verifyAuth(tokens.good, options)
  const answers = await answersOf(calls)
  const differences = {}
  for (const [name, value] of Object.entries(POLLUTION)) {
    invalidateJwksCache(options.logtoUrl)
    Object.prototype[name] = value
    await verifyAuth(tokens.good, options).catch(() => {})
    const polluted = await answersOf(calls)
    delete Object.prototype[name]
    for (const [call, answer] of Object.entries(polluted)) {
      if (answer !== answers[call]) differences[`${name}, ${call}`] = [answers[call], answer]
    }
  }
  process.stdout.write(JSON.stringify({ answers, differences }))
}

main()
