'use strict'

const { ORGANIZATIONS_SCOPE } = require('./accounts')
const { startFleet } = require('./fleet')
const { createPageRoutes } = require('./page-routes')
const { API, startProvider } = require('./provider')
const { createSignIn } = require('./sign-in')
const { signInOverHttp } = require('./sign-in-over-http')
const { steps } = require('./steps')
const { Transcript } = require('./transcript')

async function main() {
  const provider = await startProvider()
  const fleet = await startFleet({ logtoUrl: provider.url, audience: API })
  provider.webhook = fleet.webhook
  // The page is at `localhost`, whereas the provider is at 127.0.0.1: another site, as a tenant is.
  const home = `http://localhost:${fleet.port}/demo/`
  try {
    const signIn = await createWebApp(provider, `${home}callback`)
    const { failures } = await play(provider, fleet, { signIn, redirectUri: `${home}callback` })
    if (failures > 0) process.exitCode = 1
    if (process.argv.includes('--serve')) {
      fleet.api.use('/demo', createPageRoutes({ home, signIn, provider, fleet }))
      await serve(provider, fleet, home)
    }
  } finally {
    await fleet.close()
    await provider.stop()
  }
}

async function createWebApp(provider, redirectUri) {
  const client = await provider.registerWebApp(redirectUri)
  const scope = `openid ${ORGANIZATIONS_SCOPE} read:profile admin:write invoices:write`
  return createSignIn({ ...client, issuer: `${provider.url}/oidc`, redirectUri, resource: API, scope })
}

async function play(provider, fleet, { signIn, redirectUri }) {
  const transcript = new Transcript()
  console.log(`OpenID provider  ${provider.url}/oidc`)
  console.log(`Express app      ${fleet.url}`)
  console.log(`and once more    ${fleet.otherUrl}`)

  const get = (path, headers, expected) => transcript.get(fleet.url + path, headers, expected)
  const getFromOther = (path, headers, expected) => {
    transcript.note('In the other process:')
    return transcript.get(fleet.otherUrl + path, headers, expected)
  }
  const signInAs = (credentials) => signInOverHttp(signIn, redirectUri, credentials)
  const token = await provider.fetchToken({ scope: 'read:profile', resource: API })
  const demo = { provider, transcript, get, getFromOther, signInAs, switchTo: signIn.switchTo, token }
  for (const step of steps) await step(demo)

  const verdict = transcript.failures === 0 ? 'all as documented' : `${transcript.failures} NOT AS EXPECTED`
  console.log(`\n${transcript.steps} steps, ${verdict}`)
  return transcript
}

/** Stays up until Ctrl-C. */
async function serve(provider, fleet, home) {
  const token = await provider.fetchToken({ scope: 'read:profile admin:write', resource: API })
  console.log('\nStill listening, until Ctrl-C. A page to sign in at, as ada with the password lovelace:\n')
  console.log(`  ${home}`)
  console.log('\nThe token of this line is good for an hour:\n')
  console.log(`  curl -i ${fleet.url}/me -H 'Authorization: Bearer ${token}'\n`)
  for (const path of ['/', '/me', '/admin', '/feed']) console.log(`  ${fleet.url}${path}`)
  console.log(`  ${provider.url}/oidc/jwks`)
  await new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
