'use strict'

/** The paths that show the user, each a kind of place in which an app verifies, and the status of a refusal there. */
const PLACES = {
  '/api/me': 401, // a route handler
  '/api/edge': 401, // a route handler of the Edge runtime
  '/api/profile': 401, // a Pages API route
  '/private': 401, // a proxy or middleware
  '/account': 200, // a server component
}

const REFUSED = ['none', 'expired', 'tampered']
const LET_IN = ['bearer', 'cookie']

/** The changes to examples/next that these places need. */
const EDGE_ROUTE = {
  'app/api/edge/route.ts': () => "export { GET } from '../me/route'\nexport const runtime = 'edge'\n",
}

/** The expected answers, by place and token: `<status> <user>`. */
function expectedAnswers() {
  const row = (refused, letIn) =>
    Object.fromEntries([...REFUSED.map((name) => [name, refused]), ...LET_IN.map((name) => [name, letIn])])
  const places = Object.entries(PLACES).map(([path, status]) => [path, row(`${status} nobody`, '200 user-1')])
  return { ...Object.fromEntries(places), 'server action': row('303 nobody', '303 user-1') }
}

/** The actual answers, in the form of `expectedAnswers`. */
async function answersOf(server, tenant) {
  const headers = await headersByToken(tenant)
  const answers = {}
  for (const path of Object.keys(PLACES)) {
    answers[path] = await mapValues(headers, async (sent) => describe(await server.get(path, sent)))
  }
  const form = await formOf(await server.get('/account', headers.bearer))
  answers['server action'] = await mapValues(headers, async (sent) =>
    describe(await server.fetch('/account', { method: 'POST', headers: sent, body: form })),
  )
  return answers
}

async function headersByToken(tenant) {
  const token = await tenant.issue()
  const expired = await tenant.issue({ claims: { exp: Math.floor(Date.now() / 1000) - 1 } })
  const others = await tenant.issue({ claims: { sub: 'user-10' } })
  const tampered = [others.split('.')[0], others.split('.')[1], token.split('.')[2]].join('.')
  return {
    none: {},
    expired: { authorization: `Bearer ${expired}` },
    tampered: { authorization: `Bearer ${tampered}` },
    bearer: { authorization: `Bearer ${token}` },
    cookie: { cookie: `logto_authtoken=${token}` },
  }
}

/** `<status> <user>` of a response. The user comes from the body or, in a redirect, from the location. */
async function describe(response) {
  const text = (await response.text()) + response.headers.get('location')
  return `${response.status} ${/user-\d+/.exec(text)?.[0] ?? 'nobody'}`
}

/** The form data that a browser without scripts sends for the form of a page. */
async function formOf(response) {
  const form = new FormData()
  form.append(/name="(\$ACTION_ID_\w+)"/.exec(await response.text())[1], '')
  form.append('nickname', 'Ada')
  return form
}

async function mapValues(object, use) {
  const entries = []
  for (const [name, value] of Object.entries(object)) entries.push([name, await use(value)])
  return Object.fromEntries(entries)
}

module.exports = { EDGE_ROUTE, answersOf, expectedAnswers }
