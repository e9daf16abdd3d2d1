const ROUTES = [
  { path: '/feed', needs: 'Open to anyone: guests get an id' },
  { path: '/me', needs: 'Asks for a token' },
  { path: '/demo/other-process/me', needs: 'The same in another process of the API' },
  { path: '/demo/claims', needs: 'Asks for the scope read:profile', scope: 'read:profile' },
  { path: '/organizations/acme', needs: 'Asks for a token for acme', organization: 'acme' },
  { path: '/organizations/globex', needs: 'Asks for a token for globex', organization: 'globex' },
  { path: '/admin', needs: 'Asks for the scope admin:write', scope: 'admin:write' },
]

const EXPLANATIONS = {
  guest: 'Nobody the server knows. It gives you an id, and knows you by it next time.',
  user: 'Authenticated. Your browser keeps the token in a cookie that no script can read.',
  revoked: 'You were suspended. A webhook told the server, which refuses the token that your browser still has.',
}

const WHERE = {
  guest: 'You have no token. After you sign in, you choose one of your organizations here.',
  revoked: 'The provider has ended your sign-in. Lift the suspension and sign in anew.',
  none: 'A plain token. It has the scopes of your roles in every organization, and is for none of them.',
  organization:
    'A token for the API within this organization, with the scopes of your roles there and of your global roles.',
}

const element = (id) => document.getElementById(id)

/** Asks the server for everything anew, and shows it. */
async function refresh() {
  const [{ body: own }, ...answers] = await Promise.all([{ path: 'organizations' }, ...ROUTES].map(ask))
  const [feed, me, , { ok, body }] = answers
  const who = me.ok ? 'user' : me.body.code === 'token_revoked' ? 'revoked' : 'guest'
  const claims = ok ? body : {}
  showWho(who, feed.body)
  showWhere(who, claims.organization_id, own.organizations)
  showClaims(claims)
  element('requests').replaceChildren(...answers.map((answer) => requestItem(answer, me.ok ? claims : undefined)))
  showStatus(who, claims, answers)
}

/** The browser adds the cookies itself: no script could add the token. */
async function ask(route) {
  const response = await fetch(route.path, { cache: 'no-store' })
  const { ok, status, statusText, headers } = response
  const challenge = headers.get('WWW-Authenticate')
  return { ...route, ok, status: `${status} ${statusText}`, challenge, body: await response.json() }
}

/** @param {'guest' | 'user' | 'revoked'} who */
function showWho(who, { isGuest, guestId, userId }) {
  const cookies = readableCookies()
  element('name').textContent = isGuest ? 'a guest' : userId
  element('explanation').textContent = EXPLANATIONS[who]
  element('guest-id').textContent = guestId ?? cookies.get('guest_logto_authtoken') ?? 'none'
  element('cookies').textContent = [...cookies.keys()].join(', ') || 'none'
  element('sign-in').hidden = !isGuest
  element('sign-out').hidden = isGuest
  element('suspend').hidden = isGuest
  element('lift-suspension').hidden = who !== 'revoked'
  document.body.dataset.who = who
  alertOf(
    cookies.has('logto_csrf_token')
      ? ''
      : 'This browser keeps no Secure cookie of http://localhost. Try Chrome or Firefox.',
  )
}

/**
 * @param {string | undefined} current the organization that the token is for
 * @param {string[]} organizations those that the user is a member of
 */
function showWhere(who, current, organizations) {
  const isUser = who === 'user'
  element('organization').textContent = isUser ? (current ?? 'no organization') : 'nothing'
  element('where-explanation').textContent = WHERE[isUser ? (current ? 'organization' : 'none') : who]
  element('choices').hidden = !isUser
  const choices = element('choice-buttons')
  const values = ['', ...organizations]
  // Buttons that stay the same keep the focus.
  if (values.join() !== [...choices.children].map(({ value }) => value).join()) {
    choices.replaceChildren(...values.map(choiceButton))
  }
  for (const button of choices.children) button.ariaPressed = String(button.value === (current ?? ''))
}

function choiceButton(value) {
  const button = textElement('button', value || 'no organization')
  button.addEventListener(
    'click',
    trying(() => switchTo(value || undefined)),
  )
  return Object.assign(button, { type: 'button', value, className: 'button quiet' })
}

/** Says in a sentence what has changed on the page, for those who do not see it. The time makes each sentence another. */
function showStatus(who, { sub, organization_id: organization }, answers) {
  const subjects = {
    guest: 'a guest',
    user: `${sub}, with a token for ${organization ?? 'no organization'}`,
    revoked: 'suspended',
  }
  const granted = answers.filter(({ ok }) => ok).length
  const counts = `${granted} of ${answers.length} requests are granted, ${answers.length - granted} refused`
  element('status').textContent = `You are ${subjects[who]}. ${counts}, at ${new Date().toLocaleTimeString()}.`
}

function showClaims(claims) {
  const entries = Object.entries(claims)
  element('no-claims').hidden = entries.length > 0
  element('claims').hidden = entries.length === 0
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

/** @param claims of who is signed in; undefined for others */
function requestItem({ path, needs, scope, organization, ok, status, challenge, body }, claims) {
  const item = element('request').content.cloneNode(true)
  const show = (selector, text) => {
    item.querySelector(selector).textContent = text
  }
  let owned = ''
  if (claims && scope) owned = (claims.scope ?? '').split(' ').includes(scope) ? ', which you have' : ', which you lack'
  if (claims && organization) owned = organization === claims.organization_id ? ', as yours is' : ', which yours is not'
  show('.path', `GET ${path}`)
  show('.status', status)
  show('.note', needs + owned)
  show('pre', (challenge ? `WWW-Authenticate: ${challenge}\n\n` : '') + onOneLine(body))
  item.querySelector('.status').classList.add(ok ? 'ok' : 'refused')
  return item
}

/** JSON with spaces, where a line may end. */
function onOneLine(value) {
  return JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ')
}

/** Asks the server to do something. */
async function post(path, body = {}) {
  const headers = {
    'content-type': 'application/json',
    'x-csrf-token': readableCookies().get('logto_csrf_token') ?? '',
  }
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`)
}

async function signOut() {
  await post('sign-out')
  await refresh()
  element('sign-in').focus()
}

/** @param {string} [organizationId] none for a plain token */
async function switchTo(organizationId) {
  await post('organization', { organizationId })
  await refresh()
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

let last = Promise.resolve()

/** Runs an action after those before it, so that the page shows the last one's outcome, and says so where it fails. */
function trying(action) {
  return () => {
    last = last.then(action).catch((error) => alertOf(error.message))
  }
}

element('again').addEventListener('click', trying(refresh))
element('sign-out').addEventListener('click', trying(signOut))
element('suspend').addEventListener('click', trying(suspend))
element('lift-suspension').addEventListener('click', trying(liftSuspension))
// Also after "back", when the browser shows the page as it was.
addEventListener('pageshow', trying(refresh))
