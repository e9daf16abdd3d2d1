'use strict'

const { createApp } = require('../express/app')
const { listen } = require('./listen')
const { API, startProvider } = require('./provider')
const { steps } = require('./steps')
const { Transcript } = require('./transcript')

async function main() {
  const provider = await startProvider()
  const app = await listen(createApp({ logtoUrl: provider.url, audience: API }))
  try {
    const { failures } = await play(provider, app)
    if (failures > 0) process.exitCode = 1
    if (process.argv.includes('--serve')) await serve(provider, app)
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

/** Stays up until Ctrl-C. */
async function serve(provider, app) {
  const token = await provider.fetchToken({ scope: 'read:profile admin:write', resource: API })
  console.log('\nStill listening, until Ctrl-C. The token of this line is good for an hour:\n')
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
