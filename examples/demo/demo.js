'use strict'

const { createApi } = require('./api')
const { listen } = require('./listen')
const { createPageRoutes } = require('./page-routes')
const { API, startProvider } = require('./provider')
const { createSignIn } = require('./sign-in')
const { steps } = require('./steps')
const { Transcript } = require('./transcript')

async function main() {
  const provider = await startProvider()
  const options = { logtoUrl: provider.url, audience: API }
  const api = createApi(options)
  const app = await listen(api)
  try {
    const { failures } = await play(provider, app)
    if (failures > 0) process.exitCode = 1
    if (process.argv.includes('--serve')) {
      const home = await addPage(provider, { api, port: app.port, options })
      await serve(provider, app, home)
    }
  } finally {
    await app.close()
    await provider.stop()
  }
}

async function play(provider, app) {
  const transcript = new Transcript()
  console.log(`OpenID provider  ${provider.url}/oidc`)
  console.log(`Express app      ${app.url}`)

  const get = (path, headers, expected) => transcript.get(app.url + path, headers, expected)
  const token = await provider.fetchToken({ scope: 'read:profile', resource: API })
  const demo = { provider, transcript, get, token }
  for (const step of steps) await step(demo)

  const verdict = transcript.failures === 0 ? 'all as documented' : `${transcript.failures} NOT AS EXPECTED`
  console.log(`\n${transcript.steps} steps, ${verdict}`)
  return transcript
}

/**
 * Adds the page to the app. It is at `localhost`, whereas the provider is at 127.0.0.1: another site, as a tenant is.
 *
 * @returns its address
 */
async function addPage(provider, { api, port, options }) {
  const home = `http://localhost:${port}/demo/`
  const redirectUri = `${home}callback`
  const client = await provider.registerWebApp(redirectUri)
  const scope = 'openid read:profile admin:write'
  const signIn = await createSignIn({ ...client, issuer: `${provider.url}/oidc`, redirectUri, resource: API, scope })
  api.use('/demo', createPageRoutes({ home, signIn, options }))
  return home
}

/** Stays up until Ctrl-C. */
async function serve(provider, app, home) {
  const token = await provider.fetchToken({ scope: 'read:profile admin:write', resource: API })
  console.log('\nStill listening, until Ctrl-C. A page to sign in at, as ada with the password lovelace:\n')
  console.log(`  ${home}`)
  console.log('\nThe token of this line is good for an hour:\n')
  console.log(`  curl -i ${app.url}/me -H 'Authorization: Bearer ${token}'\n`)
  for (const path of ['/', '/me', '/admin', '/feed']) console.log(`  ${app.url}${path}`)
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
