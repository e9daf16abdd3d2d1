'use strict'

const { spawn } = require('node:child_process')
const { join } = require('node:path')

const DEMO = join(__dirname, '..', 'examples', 'demo', 'demo.js')
const ADDRESS = /^ +(http:\/\/localhost:\d+\/demo\/)\n/m

/** Starts the demo with its page. Resolves to the page's address `home`, and `stop`. */
async function startDemo() {
  const demo = spawn(process.execPath, [DEMO, '--serve'])
  const stop = () => demo.kill('SIGKILL')
  process.once('exit', stop)
  let output = ''
  const home = await new Promise((resolve, reject) => {
    for (const stream of [demo.stdout, demo.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
        if (ADDRESS.test(output)) resolve(ADDRESS.exec(output)[1])
      })
    }
    demo.once('exit', (code) => reject(new Error(`The demo ended with ${code}: ${output}`)))
  })
  return { home, stop }
}

/** Types a user's name and password into the provider's form, and sends the form. */
async function typeCredentials(page, { username = 'ada', password = 'lovelace' } = {}) {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Signs in, from the demo's page through the provider back to the page. */
async function signIn(page) {
  await page.getByRole('link', { name: 'Sign in' }).click()
  await typeCredentials(page)
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
}

/** Switches the organization of the token, or to none, by the name of its button. */
async function switchTo(page, name) {
  await page.getByRole('button', { name, exact: true }).click()
  await page.getByRole('button', { name, exact: true, pressed: true }).waitFor()
}

/** Signs in at the provider, and stops there. Resolves to the URL of the way back, which has the code and the state. */
async function signInAtProvider(page) {
  const session = await page.context().newCDPSession(page)
  // playwright-core itself cannot intercept redirects.
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*/demo/callback?*' }] })
  const held = new Promise((resolve) => {
    session.once('Fetch.requestPaused', ({ requestId, request }) => {
      resolve(session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' }).then(() => new URL(request.url)))
    })
  })
  await page.getByRole('link', { name: 'Sign in' }).click()
  await typeCredentials(page)
  const url = await held
  await session.detach()
  return url
}

module.exports = { signIn, signInAtProvider, startDemo, switchTo, typeCredentials }
