'use strict'

// examples/starter-next as a newcomer gets it: installed from the tarballs, tested by its own tests, built, started, and signed in
// to with a browser, at a real OpenID provider. The app is at localhost and the provider at 127.0.0.1, which are two sites.

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { mkdtemp, realpath, rm } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { promisify } = require('node:util')
const { API, startProvider } = require('../examples/demo/provider')
const { findChromium, launchChromium } = require('../tools/chromium')
const { typeCredentials } = require('../tools/demo-page')
const { build, startNext } = require('./support/next-app')
const { ROOT, installExample, packTarballs, withoutRust } = require('./support/tarballs')
const { until } = require('./support/until')

const TOKEN_COOKIE = 'logto_authtoken'
const NO_SCOPE = 'Token verification failed: Missing required scope: admin:write'

const skip = findChromium() === undefined && process.env.CHROMIUM_REQUIRED === undefined && 'no Chromium found: skipped'

describe('examples/starter-next', { skip, timeout: 600_000 }, () => {
  let folder
  let path
  let provider
  let app
  let browser
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'logto-authkit-')))
    path = join(folder, 'app')
    await installExample(join(ROOT, 'examples/starter-next'), path, await packTarballs(folder))
    await build(path, 16, 'turbopack')
    provider = await startProvider()
    app = await start()
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await app?.stop()
    await provider?.stop()
    await rm(folder, { recursive: true })
  })

  /** Starts the app, which the provider then knows. */
  const start = async () => {
    let home
    const server = await startNext(path, { logtoUrl: provider.url, audience: API }, async (port) => {
      home = `http://localhost:${port}/`
      const { clientId, clientSecret } = await provider.registerWebApp(`${home}auth/callback`, home)
      return { APP_URL: home, LOGTO_APP_ID: clientId, LOGTO_APP_SECRET: clientSecret }
    })
    return Object.assign(server, { home })
  }

  /** A page of a fresh browser. */
  const open = async (t) => {
    const context = await browser.newContext()
    context.setDefaultTimeout(30_000)
    t.after(() => context.close())
    return { context, page: await context.newPage() }
  }
  const tokenOf = async (context) => (await context.cookies(app.home)).find(({ name }) => name === TOKEN_COOKIE)
  const userOn = (page) => page.locator('#user').textContent()
  const cookieOf = (token) => ({ cookie: `${TOKEN_COOKIE}=${token}` })

  test('passes its own tests', async () => {
    // Under the variable of this run, a run within it would skip its files.
    const env = withoutRust({ NODE_TEST_CONTEXT: undefined })
    const { stdout } = await promisify(execFile)('npm', ['test'], { cwd: path, env, timeout: 120_000 })
    assert.match(stdout, /^\S+ pass [1-9]\d*$/m)
    assert.match(stdout, /^\S+ fail 0$/m)
  })

  test('leads a guest through the sign-in to the page that they asked for, keeps the token from scripts, and ends it', async (t) => {
    const { page, context } = await open(t)
    await page.goto(app.home)
    assert.equal(await userOn(page), 'guest')

    await page.goto(`${app.home}account?tab=1`)
    assert.equal(new URL(page.url()).origin, provider.url)
    await typeCredentials(page)
    await page.waitForURL(`${app.home}account?tab=1`)
    assert.equal(await userOn(page), 'ada')
    const { httpOnly, sameSite, expires } = await tokenOf(context)
    assert.deepEqual([httpOnly, sameSite], [true, 'Lax'])
    assert.ok(expires <= Date.now() / 1000 + 3600)
    assert.deepEqual(await namesOf(context), [TOKEN_COOKIE])

    await page.goto(app.home)
    assert.equal(await userOn(page), 'ada')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Yes, sign me out' }).click()
    await page.waitForURL(app.home)
    assert.equal(await userOn(page), 'guest')
    assert.equal(await tokenOf(context), undefined)
    // The provider's session is over, too: it asks for the password again.
    await page.goto(`${app.home}account`)
    await page.getByLabel('Password').waitFor()
  })

  test('leads a guest who follows a link to the sign-in, too', async (t) => {
    const { page } = await open(t)
    await page.goto(app.home)
    await page.getByRole('link', { name: 'Your account' }).click()
    await typeCredentials(page)
    await page.waitForURL(`${app.home}account`)
    assert.equal(await userOn(page), 'ada')
  })

  test('signs in in two tabs at once, and never twice by one answer of the provider', async (t) => {
    const { page, context } = await open(t)
    const other = await context.newPage()
    await page.goto(`${app.home}account?tab=1`)
    await other.goto(`${app.home}account?tab=2`)
    const answers = []
    page.on('request', (request) => request.url().includes('/auth/callback') && answers.push(request.url()))
    await typeCredentials(page)
    await page.waitForURL(`${app.home}account?tab=1`)
    await typeCredentials(other)
    await other.waitForURL(`${app.home}account?tab=2`)
    assert.equal((await page.goto(answers[0])).status(), 400)
  })

  test('never leaves the site after the sign-in', async (t) => {
    const { page } = await open(t)
    await page.goto(`${app.home}auth/sign-in?returnTo=https://evil.example`)
    await typeCredentials(page)
    await page.waitForURL(app.home)
    assert.equal(await userOn(page), 'ada')
  })

  test('saves by a server action what a user types, and nothing of whoever is signed in no longer', async (t) => {
    const { page, context } = await open(t)
    await page.goto(`${app.home}account`)
    await typeCredentials(page)
    const save = async (nickname) => {
      await page.getByLabel('Nickname').fill(nickname)
      await page.getByRole('button', { name: 'Save' }).click()
    }
    await save('countess')
    await page.locator('#nickname').getByText('countess').waitFor()

    await context.clearCookies()
    await save('impostor')
    await page.getByLabel('Password').waitFor()
    await typeCredentials(page)
    await page.waitForURL(`${app.home}account`)
    assert.equal(await page.locator('#nickname').textContent(), 'countess')
  })

  test('answers 403 with the challenge where the token lacks the scope', async (t) => {
    const { page } = await open(t)
    await page.goto(`${app.home}account`)
    await typeCredentials(page)
    await page.waitForURL(`${app.home}account`)
    const response = await page.goto(`${app.home}api/admin`)
    assert.equal(response.status(), 403)
    assert.equal(
      response.headers()['www-authenticate'],
      `Bearer error="insufficient_scope", error_description="${NO_SCOPE}", scope="admin:write"`,
    )
    assert.equal((await app.get('/api/admin')).status, 401)
  })

  test('takes whoever has a garbage cookie for a guest', async (t) => {
    const { page, context } = await open(t)
    await context.addCookies([{ name: TOKEN_COOKIE, value: 'garbage', url: app.home }])
    assert.equal((await page.goto(app.home)).status(), 200)
    assert.equal(await userOn(page), 'guest')
    assert.equal((await page.goto(`${app.home}account`)).status(), 200)
    await page.getByLabel('Password').waitFor()
  })

  test('guards its page where the proxy lets a request pass, too', async () => {
    const response = await app.fetch('/account', { method: 'POST' })
    assert.equal(response.status, 307)
    assert.equal(response.headers.get('location'), `${app.home}auth/sign-in?returnTo=%2Faccount`)
  })

  test('says why it refuses the provider’s token, in place of going round in circles', async (t) => {
    provider.accessTokenFormat = 'opaque'
    t.after(() => {
      provider.accessTokenFormat = 'jwt'
    })
    const { page, context } = await open(t)
    await page.goto(`${app.home}account`)
    await typeCredentials(page)
    await page.getByText('The sign-in did not work').waitFor()
    assert.equal(await tokenOf(context), undefined)
    assert.match(app.log, /token_opaque/)
  })

  test('serves nothing where a setting is missing, and names it in the log', async (t) => {
    const server = await startNext(path, { logtoUrl: provider.url, audience: API }, { LOGTO_APP_ID: '' })
    t.after(() => server.stop())
    for (const at of ['/', '/ready']) assert.equal((await server.get(at)).status, 500)
    assert.match(server.log, /LOGTO_APP_ID is not set/)
  })

  test('answers 503 in an outage, signs nobody out, and knows everybody again after it', async (t) => {
    const { page, context } = await open(t)
    await page.goto(`${app.home}account`)
    await typeCredentials(page)
    await page.waitForURL(`${app.home}account`)
    const { value } = await tokenOf(context)

    // A new process has no keys yet.
    await app.stop()
    await provider.stop()
    app = await start()
    for (const at of ['/account', '/']) {
      const response = await app.get(at, cookieOf(value))
      assert.equal(response.status, 503)
      assert.match(response.headers.get('retry-after'), /^\d+$/)
      assert.deepEqual(response.headers.getSetCookie(), [])
    }
    assert.equal((await app.get('/api/admin', cookieOf(value))).status, 503)
    assert.equal((await app.get('/ready')).status, 503)
    assert.equal((await app.get('/auth/sign-in')).status, 503)

    await provider.start()
    await until(async () => (await app.get('/ready')).status === 204, 60_000)
    await page.goto(`${app.home}account`)
    assert.equal(await userOn(page), 'ada')
    assert.equal(page.url(), `${app.home}account`)
  })
})

/** The names of the cookies that the app has set, other than those of the provider. */
async function namesOf(context) {
  return (await context.cookies()).filter(({ domain }) => domain === 'localhost').map(({ name }) => name)
}
