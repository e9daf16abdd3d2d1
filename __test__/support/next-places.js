'use strict'

/** The paths that show the user, each a kind of place in which an app verifies, and the status of a refusal there. */
const PLACES = {
  '/api/me': 401, // a route handler
  '/api/edge': 401, // a route handler of the Edge runtime
  '/api/profile': 401, // a Pages API route
  '/private': 401, // a proxy or middleware
  '/account': 200, // a server component
}

/** Those of one process: the Edge runtime has a memory of its own. */
const NODE_PLACES = Object.keys(PLACES).filter((place) => place !== '/api/edge')

const REFUSED = ['none', 'expired', 'tampered']
const LET_IN = ['bearer', 'cookie']

/** The places in which an app asks for the organization that a path names, for the id `org-1`. */
const ORGANIZATION_PLACES = [
  '/api/organizations/',
  '/api/edge-organizations/',
  '/organizations/',
  '/private/organizations/',
]

/** The changes to examples/next that the organizations' places need. */
const ORGANIZATION_ROUTES = {
  'app/api/organizations/[id]/route.ts': () => `
    import { principalOf, withNextAuth } from 'logto-authkit/server'
    import { options } from '../../../../lib/auth'

    export const GET = withNextAuth((_request, auth) => Response.json(principalOf(auth)), {
      ...options,
      organization: (request) => new URL(request.url).pathname.split('/').at(-1),
    })`,
  'app/api/edge-organizations/[id]/route.ts': () =>
    "export { GET } from '../../organizations/[id]/route'\nexport const runtime = 'edge'\n",
  'app/organizations/[id]/page.tsx': () => `
    import { AuthError, createVerifier } from 'logto-authkit/server'
    import { cookies, headers } from 'next/headers'
    import { options } from '../../../lib/auth'

    export default async function Page({ params }: { params: Promise<{ id: string }> }) {
      const verifier = createVerifier(options)
      const request = { cookies: await cookies(), headers: await headers() }
      try {
        const auth = await verifier.verify(request, { organization: (await params).id })
        return <p>{auth.userId}</p>
      } catch (error) {
        if (!(error instanceof AuthError)) throw error
        return <p>{error.code}</p>
      }
    }`,
  'app/private/organizations/[id]/page.tsx': () => "export { default } from '../../page'\n",
  'proxy.ts': (text) =>
    text.replace(
      'verifyNextAuth(request, options)',
      `verifyNextAuth(request, /organizations/.test(request.nextUrl.pathname) ? ofOrganization : options)`,
    ) +
    `
    const ofOrganization = {
      ...options,
      organization: async (request: NextRequest) => request.nextUrl.pathname.split('/').at(-1),
    }`,
}

/** The answers of these places to a token of an organization, where the path names another, and none. */
async function organizationAnswersOf(server, tenant) {
  const bearerOf = async (claims) => ({ authorization: `Bearer ${await tenant.issue({ claims })}` })
  const tokens = { 'org-1': await bearerOf({ organization_id: 'org-1' }), none: await bearerOf({}) }
  const answers = {}
  for (const place of ORGANIZATION_PLACES) {
    const answer = async (id, token) => describe(await server.get(place + id, tokens[token]))
    answers[place] = [await answer('org-1', 'org-1'), await answer('org-2', 'org-1'), await answer('org-1', 'none')]
  }
  return answers
}

/** The expected answers, in the form of `organizationAnswersOf`. */
function expectedOrganizationAnswers() {
  return Object.fromEntries(
    ORGANIZATION_PLACES.map((place) => {
      const refused = place === '/organizations/' ? '200 nobody' : '403 nobody'
      return [place, ['200 user-1', refused, refused]]
    }),
  )
}

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

/** What these places of one process say to a request with these headers. */
async function userOf(server, headers) {
  const answers = {}
  for (const place of NODE_PLACES) answers[place] = await describe(await server.get(place, headers))
  return answers
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

module.exports = {
  EDGE_ROUTE,
  NODE_PLACES,
  ORGANIZATION_ROUTES,
  answersOf,
  expectedAnswers,
  expectedOrganizationAnswers,
  organizationAnswersOf,
  userOf,
}
