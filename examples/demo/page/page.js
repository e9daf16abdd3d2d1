const ROUTES = [
  { path: '/feed', needs: 'Open to anyone: guests get an id' },
  { path: '/me', needs: 'Asks for a token' },
  { path: '/demo/other-process/me', needs: 'The same in another process of the API' },
  { path: '/demo/claims', needs: 'Asks for the scope read:profile', scope: 'read:profile' },
  { path: '/admin', needs: 'Asks for the scope admin:write', scope: 'admin:write' },
]

const EXPLANATIONS = {
  guest: 'Nobody the server knows. It gives you an id, and knows you by it next time.',
  user: 'Authenticated. Your browser keeps the token in a cookie that no script can read.',
  revoked: 'You were suspended. A webhook told the server, which refuses the token that your browser still has.',
}

const element = (id) => document.getElementById(id)

/** Asks the server for everything anew, and shows it. */
async function refresh() {
  const answers = await Promise.all(ROUTES.map(ask))
  const [feed, me, , claims] = answers
  showWho({ ...feed.body, isRevoked: me.body.code === 'token_revoked' })
  showClaims(claims.ok ? claims.body : {})
  const scopes = me.ok ? (me.body.scope ?? '').split(' ') : undefined
  element('requests').replaceChildren(...answers.map((answer) => requestItem(answer, scopes)))
}

/** The browser adds the cookies itself: no script could add the token. */
async function ask(route) {
  const response = await fetch(route.path, { cache: 'no-store' })
  const { ok, status, statusText, headers } = response
  const challenge = headers.get('WWW-Authenticate')
  return { ...route, ok, status: `${status} ${statusText}`, challenge, body: await response.json() }
}

function showWho({ isGuest, guestId, userId, isRevoked }) {
  const cookies = readableCookies()
  element('name').textContent = isGuest ? 'a guest' : userId
  element('explanation').textContent = EXPLANATIONS[isRevoked ? 'revoked' : isGuest ? 'guest' : 'user']
  element('guest-id').textContent = guestId ?? cookies.get('guest_logto_authtoken') ?? 'none'
  element('cookies').textContent = [...cookies.keys()].join(', ') || 'none'
  element('sign-in').hidden = !isGuest
  element('sign-out').hidden = isGuest
  element('suspend').hidden = isGuest
  element('lift-suspension').hidden = !isRevoked
  document.body.dataset.who = isGuest ? 'guest' : 'user'
  alertOf(
    cookies.has('logto_csrf_token')
      ? ''
      : 'This browser keeps no Secure cookie of http://localhost. Try Chrome or Firefox.',
  )
}

function showClaims(claims) {
  const entries = Object.entries(claims)
  element('no-claims').hidden = entries.length > 0
  element('claims').replaceChildren(
    ...entries.flatMap(([name, value]) => [textElement('dt', name), claimElement(name, value)]),
  )
}

function claimElement(name, value) {
  const dd = textElement('dd', typeof value === 'string' ? value : JSON.stringify(value))
  // Seconds since the Unix epoch (RFC 7519 section 2).
  if (name === 'exp' || name === 'iat') dd.append(textElement('small', new Date(value * 1000).toLocaleTimeString()))
  return dd
}

/** @param {string[] | undefined} scopes those of who is signed in */
function requestItem({ path, needs, scope, ok, status, challenge, body }, scopes) {
  const item = element('request').content.cloneNode(true)
  const show = (selector, text) => {
    item.querySelector(selector).textContent = text
  }
  const owned = scopes?.includes(scope) ? ', which you have' : ', which you lack'
  show('.path', `GET ${path}`)
  show('.status', status)
  show('.note', needs + (scope && scopes ? owned : ''))
  show('pre', (challenge ? `WWW-Authenticate: ${challenge}\n\n` : '') + onOneLine(body))
  item.querySelector('.status').classList.add(ok ? 'ok' : 'refused')
  return item
}

/** JSON with spaces, where a line may end. */
function onOneLine(value) {
  return JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ')
}

/** Asks the server to do something. */
async function post(path) {
  const headers = { 'x-csrf-token': readableCookies().get('logto_csrf_token') ?? '' }
  const response = await fetch(path, { method: 'POST', headers })
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`)
}

async function signOut() {
  await post('sign-out')
  await refresh()
  element('sign-in').focus()
}

async function suspend() {
  await post('suspend')
  // The other process looks into the log they share twenty times a second.
  await new Promise((resolve) => setTimeout(resolve, 200))
  await refresh()
  element('lift-suspension').focus()
}

async function liftSuspension() {
  await post('lift-suspension')
  await refresh()
  element('sign-in').focus()
}

function readableCookies() {
  const pairs = document.cookie.split('; ').filter(Boolean)
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}

/** Text is set as text everywhere: a claim is whatever a tenant, or its user, wrote into it. */
function textElement(name, text) {
  return Object.assign(document.createElement(name), { textContent: text })
}

function alertOf(text) {
  element('alert').textContent = text
  element('alert').hidden = text === ''
}

/** Runs an action, and says so where it fails. */
const trying = (action) => () => action().catch((error) => alertOf(error.message))

element('again').addEventListener('click', trying(refresh))
element('sign-out').addEventListener('click', trying(signOut))
element('suspend').addEventListener('click', trying(suspend))
element('lift-suspension').addEventListener('click', trying(liftSuspension))
// Also after "back", when the browser shows the page as it was.
addEventListener('pageshow', trying(refresh))
