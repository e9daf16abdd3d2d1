'use strict'

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const { findChromium, launchChromium } = require('../tools/chromium')
const { signIn, signInAtProvider, startDemo, typeCredentials } = require('../tools/demo-page')

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
const NO_SCOPE = 'Token verification failed: Missing required scope: admin:write'

const skip = findChromium() === undefined && process.env.CHROMIUM_REQUIRED === undefined && 'no Chromium found: skipped'

describe("the demo's page", { skip, timeout: 300_000 }, () => {
  let demo
  let browser
  before(async () => {
    demo = await startDemo()
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    demo?.stop()
  })

  /** The page in a fresh browser, after the page's requests to the server. */
  const open = async (t, options) => {
    const context = await browser.newContext(options)
    context.setDefaultTimeout(60_000)
    t.after(() => context.close())
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    await page.goto(demo.home)
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    return { page, context, complaints }
  }

  test('shows a guest, then the user who signed in and the server’s answers, then the same guest again', async (t) => {
    const { page, complaints } = await open(t)
    const guestId = await page.locator('#guest-id').textContent()
    assert.match(guestId, UUID)
    assert.equal(await page.locator('#name').textContent(), 'a guest')
    assert.deepEqual(await statuses(page), {
      '/feed': '200 OK',
      '/me': '401 Unauthorized',
      '/demo/other-process/me': '401 Unauthorized',
      '/demo/claims': '401 Unauthorized',
      '/admin': '401 Unauthorized',
    })

    await signIn(page)
    assert.equal(page.url(), demo.home)
    assert.equal(await page.locator('#name').textContent(), 'ada')
    assert.equal(await page.locator('#guest-id').textContent(), guestId)
    const claims = await claimsOf(page)
    assert.equal(claims.sub, 'ada')
    assert.equal(claims.aud, 'https://api.example.com')
    assert.equal(claims.scope, 'read:profile')
    assert.deepEqual(await statuses(page), {
      '/feed': '200 OK',
      '/me': '200 OK',
      '/demo/other-process/me': '200 OK',
      '/demo/claims': '200 OK',
      '/admin': '403 Forbidden',
    })
    const refusal = await page.getByRole('listitem').filter({ hasText: 'GET /admin' }).textContent()
    assert.match(refusal, /admin:write, which you lack/)
    assert.ok(refusal.includes(`"message": "${NO_SCOPE}"`), refusal)
    const challenge = `Bearer error="insufficient_scope", error_description="${NO_SCOPE}", scope="admin:write"`
    assert.ok(refusal.includes(`WWW-Authenticate: ${challenge}`), refusal)

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    assert.equal(await page.locator('#name').textContent(), 'a guest')
    assert.equal(await page.locator('#guest-id').textContent(), guestId)
    assert.deepEqual(await claimsOf(page), {})
    assert.equal((await statuses(page))['/me'], '401 Unauthorized')
    assert.deepEqual(complaints, [])
  })

  test('suspends whoever asks for it: their token is refused in both processes, until they sign in anew', async (t) => {
    const { page, complaints } = await open(t)
    await signIn(page)
    await page.getByRole('button', { name: 'Suspend me' }).click()
    await page.locator('#lift-suspension:focus').waitFor()
    assert.equal(await page.locator('#name').textContent(), 'a guest')
    assert.match(await page.locator('#explanation').textContent(), /You were suspended/)
    assert.deepEqual(await statuses(page), {
      '/feed': '200 OK',
      '/me': '401 Unauthorized',
      '/demo/other-process/me': '401 Unauthorized',
      '/demo/claims': '401 Unauthorized',
      // What a token says of itself is looked at first.
      '/admin': '403 Forbidden',
    })
    for (const path of ['/me', '/demo/other-process/me']) {
      const refusal = await page
        .getByRole('listitem')
        .filter({ hasText: `GET ${path} ` })
        .textContent()
      assert.match(refusal, /"code": "token_revoked"/)
    }

    await page.getByRole('link', { name: 'Sign in' }).click()
    await typeCredentials(page)
    assert.equal(await page.getByRole('alert').textContent(), 'This person is suspended.')
    await page.goto(demo.home)
    await page.getByRole('button', { name: 'Lift the suspension' }).click()
    await page.locator('#sign-in:focus').waitFor()
    // Revoked is what was issued until the suspension, to the second.
    await page.waitForTimeout(1_000)
    await signIn(page)
    assert.equal((await statuses(page))['/demo/other-process/me'], '200 OK')
    assert.equal(await page.getByRole('button', { name: 'Lift the suspension' }).isVisible(), false)
    assert.deepEqual(complaints, [])
  })

  test('never lets its scripts read the token', async (t) => {
    const { page, context } = await open(t)
    const seen = []
    page.on('response', async (response) => {
      // A redirect has no body, so its Location header is checked instead.
      const body = response.status() === 303 ? '' : response.text().catch(() => '')
      seen.push(Promise.all([response.url(), response.headerValue('location'), body]))
    })
    await signIn(page)
    const { value: token, ...cookie } = (await context.cookies()).find(({ name }) => name === 'logto_authtoken')
    assert.equal(token.split('.').length, 3)
    assert.deepEqual([cookie.httpOnly, cookie.secure, cookie.sameSite], [true, true, 'Strict'])
    assert.ok(cookie.expires <= Date.now() / 1000 + 3600)

    const readable = await page.evaluate(() => [document.cookie, { ...localStorage }, { ...sessionStorage }])
    assert.match(readable[0], /guest_logto_authtoken=/)
    const all = JSON.stringify([readable, await page.content(), await Promise.all(seen)])
    assert.match(all, /read:profile/)
    assert.doesNotMatch(all, /(?<!guest_)logto_authtoken=/)
    assert.equal(all.includes(token.split('.')[2]), false)
  })

  test('works by the keyboard alone, and a wrong password lets nobody in', async (t) => {
    const { page, complaints } = await open(t)
    const focused = () => page.locator(':focus')
    const type = async (username, password) => {
      await page.locator('[name=username]:focus').waitFor()
      await page.keyboard.type(username)
      await page.keyboard.press('Tab')
      await page.keyboard.type(password)
      await page.keyboard.press('Enter')
    }
    await page.keyboard.press('Tab')
    assert.equal(await focused().textContent(), 'Sign in')
    await page.keyboard.press('Enter')
    await type('ada', 'babbage')
    assert.equal(await page.getByRole('alert').textContent(), 'This is not the password of that person.')
    await type('ada', 'lovelace')
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await page.keyboard.press('Tab')
    assert.equal(await focused().textContent(), 'Sign out')
    await page.keyboard.press('Enter')
    await page.locator('#sign-in:focus').waitFor()
    assert.deepEqual(complaints, [])
  })

  test('fits a phone, in each state', async (t) => {
    const { page } = await open(t, { viewport: { width: 360, height: 700 } })
    const width = () => page.evaluate(() => document.documentElement.scrollWidth)
    assert.equal(await width(), 360)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByLabel('Username').waitFor()
    assert.equal(await width(), 360)
    await typeCredentials(page)
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    assert.equal(await width(), 360)
  })

  test('redirects from 127.0.0.1 to localhost, where its cookies are', async (t) => {
    const { page } = await open(t)
    await page.goto(demo.home.replace('localhost', '127.0.0.1'))
    assert.equal(page.url(), demo.home)
  })

  test('runs and renders nothing that did not come from its server', async (t) => {
    const { page } = await open(t)
    await assert.rejects(page.addScriptTag({ content: 'document.title = "inline"' }))
    await assert.rejects(
      page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<b></b>')),
      /TrustedHTML/,
    )
    assert.equal(await page.title(), 'logto-authkit demo')
  })

  test('signs nobody out without the CSRF token', async (t) => {
    const { page } = await open(t)
    await signIn(page)
    const post = (headers) =>
      page.evaluate(async (init) => (await fetch('sign-out', init)).status, { method: 'POST', headers })
    assert.equal(await post({}), 403)
    assert.equal(await post({ 'x-csrf-token': 'guessed' }), 403)
    await page.reload()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    assert.equal((await statuses(page))['/me'], '200 OK')
  })

  const forgeries = {
    'a forged state': (url) => url.searchParams.set('state', 'forged'),
    'no state': (url) => url.searchParams.delete('state'),
    'a forged code': (url) => url.searchParams.set('code', 'forged'),
    'no code': (url) => url.searchParams.delete('code'),
    'another issuer': (url) => url.searchParams.set('iss', 'https://attacker.example'),
    'an error': (url) => url.searchParams.set('error', 'access_denied'),
  }
  for (const [what, forge] of Object.entries(forgeries)) {
    test(`refuses a return from the provider with ${what}, and after that the genuine return, too`, async (t) => {
      const { page, context } = await open(t)
      const genuine = await signInAtProvider(page)
      const forged = new URL(genuine)
      forge(forged)
      const begun = await signInCookie(context)
      await assertRefused(page, context, forged)
      await context.addCookies([begun])
      await assertRefused(page, context, genuine)
    })
  }

  test('signs in only once, and only in the browser that began the sign-in', async (t) => {
    const { page, context } = await open(t)
    const other = await open(t)
    const url = await signInAtProvider(page)
    await other.page.goto(`${demo.home}sign-in`)
    await assertRefused(other.page, other.context, url)

    const begun = await signInCookie(context)
    assert.deepEqual([begun.httpOnly, begun.secure, begun.sameSite], [true, true, 'Lax'])
    assert.equal((await page.goto(url.href)).status(), 200)
    await page.getByRole('button', { name: 'Sign out' }).waitFor()

    await context.clearCookies({ name: 'logto_authtoken' })
    await context.addCookies([begun])
    await assertRefused(page, context, url)
  })
})

/** The cookie that binds the sign-in under way to this browser. */
async function signInCookie(context) {
  return (await context.cookies()).find(({ name }) => name === 'demo_sign_in')
}

async function assertRefused(page, context, url) {
  const response = await page.goto(url.href)
  assert.equal(response.status(), 400)
  assert.equal(await page.getByRole('heading').textContent(), 'The sign-in is refused')
  const names = (await context.cookies()).map(({ name }) => name)
  assert.equal(names.includes('logto_authtoken'), false)
}

/** The errors and warnings of the browser from now on, without the refusals that the page shows on purpose. */
function complaintsOf(page) {
  const complaints = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    const { url } = message.location()
    const isRefusal = /status of 40[13]/.test(message.text()) && /\/(me|demo\/claims|admin)$/.test(url)
    if (['error', 'warning'].includes(message.type()) && !isRefusal) complaints.push(`${message.text()} (${url})`)
  })
  return complaints
}

/** The status of each of the server's answers that the page shows, by path. */
async function statuses(page) {
  const lines = await page.locator('#requests .line').allTextContents()
  return Object.fromEntries(lines.map((line) => /GET (\S+)\s+(.*)/.exec(line).slice(1)))
}

/** The claims that the page shows, as text. */
async function claimsOf(page) {
  const names = await page.locator('#claims dt').allTextContents()
  const values = await page.locator('#claims dd').allTextContents()
  return Object.fromEntries(names.map((name, index) => [name, values[index]]))
}
