'use strict'

const { setTimeout: sleep } = require('node:timers/promises')
const { clearJwksCache, invalidateJwksCache } = require('logto-authkit')
const { API, OTHER_API } = require('./provider')

const ADA = { username: 'ada', password: 'lovelace' }
const NO_HEADERS = {}
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

/**
 * Each step takes the running demo: `provider`, `transcript`, the `token` of the first step, `get` and `getFromOther`, which send
 * a request to the Express app, in this process or the other, and check the response, `signInAs`, which signs a person in, and
 * `switchTo`, which fetches their token for an organization.
 */
const steps = [
  bearer,
  cookie,
  noToken,
  tampered,
  expired,
  wrongAudience,
  opaque,
  missingScope,
  organization,
  guest,
  rotation,
  withdrawal,
  outageWarm,
  outageCold,
  recovery,
  suspension,
  suspensionLifted,
]

async function bearer({ provider, transcript, get, token }) {
  transcript.title('A token in the Authorization header')
  transcript.note(`(its header: ${partOf(token, 0)})`)
  transcript.note(`(its payload: ${partOf(token, 1)})`)
  await get('/me', withBearer(token), me(provider))
  transcript.check('requests for the keys', 1, provider.jwksRequests)
}

async function cookie({ provider, transcript, get, token }) {
  transcript.title('The same token in the cookie; from now on the keys are cached')
  await get('/me', { Cookie: `logto_authtoken=${token}` }, me(provider))
  transcript.check('requests for the keys', 1, provider.jwksRequests)
}

async function noToken({ transcript, get }) {
  transcript.title('No token: nothing for the public route, everything for a guarded one')
  await get('/', NO_HEADERS, { status: 200, body: { message: 'Hello, whoever you are' } })
  await get('/me', NO_HEADERS, {
    status: 401,
    body: {
      error: 'Authentication required',
      message: 'No token found in cookies or Authorization header',
      code: 'token_missing',
    },
    headers: { 'www-authenticate': 'Bearer' },
  })
}

async function tampered({ provider, transcript, get, token }) {
  transcript.title('The first token, into which its holder wrote "admin:write"')
  const [header, , signature] = token.split('.')
  const claims = { ...JSON.parse(partOf(token, 1)), scope: 'admin:write' }
  const forged = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
  transcript.note(`(its payload: ${partOf(forged, 1)})`)
  await get('/admin', withBearer(forged), refused('signature_invalid', 'Signature verification failed'))
  transcript.check('requests for the keys', 1, provider.jwksRequests)
}

async function expired({ provider, transcript, get }) {
  transcript.title('A token that lives for 3 seconds, within and after them')
  const usual = provider.tokenTtlSeconds
  provider.tokenTtlSeconds = 3
  const token = await provider.fetchToken({ scope: 'read:profile', resource: API })
  provider.tokenTtlSeconds = usual
  await get('/me', withBearer(token), me(provider))
  await sleep(JSON.parse(partOf(token, 1)).exp * 1000 - Date.now() + 50)
  await get('/me', withBearer(token), refused('token_expired', 'Token has expired'))
}

async function wrongAudience({ provider, transcript, get }) {
  transcript.title(`A token for another resource, ${OTHER_API}`)
  const token = await provider.fetchToken({ scope: 'read:profile', resource: OTHER_API })
  await get('/me', withBearer(token), refused('audience_invalid', 'Invalid audience'))
}

async function opaque({ provider, transcript, get }) {
  transcript.title('A token that was requested without a resource: it is no JWT')
  const token = await provider.fetchToken()
  const reason = 'Invalid JWT format (opaque token: request it with a resource)'
  await get('/me', withBearer(token), refused('token_opaque', reason))
}

async function missingScope({ provider, transcript, get, token }) {
  transcript.title('A route that requires the scope "admin:write", without it (403: the token is good) and with it')
  const message = 'Token verification failed: Missing required scope: admin:write'
  const challenge = `Bearer error="insufficient_scope", error_description="${message}", scope="admin:write"`
  await get('/admin', withBearer(token), {
    status: 403,
    body: { error: 'Access denied', message, code: 'scope_missing' },
    headers: { 'www-authenticate': challenge },
  })
  const admin = await provider.fetchToken({ scope: 'read:profile admin:write', resource: API })
  await get('/admin', withBearer(admin), { status: 200, body: { message: `Hello, admin ${provider.clientId}` } })
}

async function organization({ transcript, get, signInAs, switchTo }) {
  transcript.title(
    'A user of two organizations, "acme" and "globex": each has its token, and a plain token is for neither',
  )
  const { accessToken, refreshToken, organizations } = await signInAs(ADA)
  transcript.check('organizations', 'acme globex', organizations.join(' '))
  transcript.note(`(the payload of the plain token: ${partOf(accessToken, 1)})`)
  await get('/organizations/acme', withBearer(accessToken), otherOrganization())
  const { accessToken: token } = await switchTo(refreshToken, 'acme')
  transcript.note(`(the payload of the one for acme: ${partOf(token, 1)})`)
  await get('/organizations/acme', withBearer(token), { status: 200, body: { userId: 'ada', organizationId: 'acme' } })
  await get('/organizations/globex', withBearer(token), otherOrganization())
  const { accessToken: other } = await switchTo(refreshToken, 'globex')
  transcript.note(`(the payload of the one for globex, where the user has no role: ${partOf(other, 1)})`)
  transcript.check('scope', 'read:profile', JSON.parse(partOf(other, 1)).scope)
  await get('/organizations/globex', withBearer(other), {
    status: 200,
    body: { userId: 'ada', organizationId: 'globex' },
  })
}

async function guest({ provider, transcript, get, token }) {
  transcript.title('A guest, who is known by a cookie the next time; then the same route signed in')
  const { headers, body } = await get('/feed', NO_HEADERS, {
    status: 200,
    body: { isGuest: true, guestId: UUID },
    headers: { 'set-cookie': /./ },
  })
  const [kept, ...attributes] = String(headers['set-cookie']).split('; ')
  transcript.check('cookie', `guest_logto_authtoken=${body.guestId}`, kept)
  transcript.check('cookie attributes', ['Max-Age=604800', 'Path=/', 'SameSite=Lax'], attributes.sort())
  await get('/feed', { Cookie: kept }, { status: 200, body: { isGuest: true, guestId: body.guestId } })
  await get('/feed', withBearer(token), { status: 200, body: { isGuest: false, userId: provider.clientId } })
}

async function rotation(demo) {
  const { provider, transcript, get, token } = demo
  transcript.title('The provider rotates its key: a token of the new one is accepted at once, as is the old')
  await provider.rotateKeys({ keepOld: true })
  demo.newToken = await provider.fetchToken({ scope: 'read:profile', resource: API })
  transcript.note(`(the header of the new one: ${partOf(demo.newToken, 0)})`)
  await get('/me', withBearer(demo.newToken), me(provider))
  await get('/me', withBearer(token), me(provider))
  transcript.check('requests for the keys', 2, provider.jwksRequests)
}

async function withdrawal(demo) {
  const { provider, transcript, get } = demo
  transcript.title('A key leaks: the provider withdraws all it had, the app calls invalidateJwksCache()')
  await provider.rotateKeys({ keepOld: false })
  invalidateJwksCache(provider.url)
  const leaked = demo.newToken
  demo.newToken = await provider.fetchToken({ scope: 'read:profile', resource: API })
  await get('/me', withBearer(demo.newToken), me(provider))
  await get('/me', withBearer(leaked), refused('key_not_found', 'Signature verification failed (no such key)'))
}

async function outageWarm({ provider, transcript, get }) {
  transcript.title('The provider is down: the keys are cached, a token that is seen for the first time included')
  const token = await provider.fetchToken({ scope: 'read:profile', resource: API })
  await provider.stop()
  await get('/me', withBearer(token), me(provider))
}

async function outageCold(demo) {
  const { transcript, get, newToken } = demo
  transcript.title('The provider is down and no keys are cached, as after a restart: 503, not 401')
  clearJwksCache()
  const message = 'Token verification failed: Unable to fetch signing keys (JWKS)'
  const { headers } = await get('/me', withBearer(newToken), {
    status: 503,
    body: { error: 'Authentication unavailable', message, code: 'jwks_unavailable' },
    headers: { 'retry-after': /^[1-9]\d*$/ },
  })
  demo.retryAfterSeconds = Number(headers['retry-after'])
}

async function recovery({ provider, transcript, get, newToken, retryAfterSeconds }) {
  transcript.title('The provider is back, the time of Retry-After has passed')
  await provider.start()
  await sleep(retryAfterSeconds * 1000)
  await get('/me', withBearer(newToken), me(provider))
}

async function suspension({ provider, transcript, get, getFromOther, signInAs }) {
  transcript.title('A user signs in, and is suspended: a webhook ends their token, in every process of the app')
  const { accessToken: token } = await signInAs(ADA)
  for (const ask of [get, getFromOther]) await ask('/me', withBearer(token), ada())
  const { body, signature, status } = await provider.suspend('ada')
  transcript.note('POST /logto/webhook')
  transcript.note(`logto-signature-sha-256: ${signature}`)
  transcript.note(body)
  transcript.note(`<- ${status}`)
  // The other process looks into the log they share twenty times a second.
  await sleep(500)
  for (const ask of [get, getFromOther]) {
    await ask('/me', withBearer(token), refused('token_revoked', 'Token has been revoked'))
  }
  transcript.check('sign-in of somebody suspended', undefined, await signInAs(ADA))
}

async function suspensionLifted({ provider, transcript, get, getFromOther, signInAs }) {
  transcript.title('The suspension is lifted: the user signs in anew')
  await provider.suspend('ada', false)
  // Revoked is what was issued until the suspension, to the second.
  await sleep(1_000)
  const { accessToken: token } = await signInAs(ADA)
  for (const ask of [get, getFromOther]) await ask('/me', withBearer(token), ada())
}

function withBearer(token) {
  return { Authorization: `Bearer ${token}` }
}

function me({ clientId }) {
  return { status: 200, body: { userId: clientId, scope: 'read:profile' } }
}

/** A person's plain token has the scopes of their roles in every organization, too. */
function ada() {
  return { status: 200, body: { userId: 'ada', scope: 'read:profile invoices:write' } }
}

function otherOrganization() {
  const message = 'Token verification failed: The token is not for this organization'
  return {
    status: 403,
    body: { error: 'Access denied', message, code: 'organization_invalid' },
  }
}

function refused(code, reason) {
  const message = `Token verification failed: ${reason}`
  return {
    status: 401,
    body: { error: 'Authentication failed', message, code },
    headers: { 'www-authenticate': `Bearer error="invalid_token", error_description="${message}"` },
  }
}

/** The JSON text of a token's header (0) or payload (1). */
function partOf(token, index) {
  return Buffer.from(token.split('.')[index], 'base64url').toString()
}

module.exports = { steps }
