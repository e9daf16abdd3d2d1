'use strict'

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const { findChromium, launchChromium } = require('../tools/chromium')
const { signIn, signInAtProvider, startDemo, switchTo, typeCredentials } = require('../tools/demo-page')
const { claimsOf, openPage, statuses } = require('./support/demo-page')

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

  const open = (t) => openPage(t, browser, demo.home)

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
      '/organizations/acme': '401 Unauthorized',
      '/organizations/globex': '401 Unauthorized',
      '/admin': '401 Unauthorized',
    })

    await signIn(page)
    assert.equal(page.url(), demo.home)
    assert.equal(await page.locator('#name').textContent(), 'ada')
    assert.equal(await page.locator('#guest-id').textContent(), guestId)
    const claims = await claimsOf(page)
    assert.equal(claims.sub, 'ada')
    assert.equal(claims.aud, 'https://api.example.com')
    // A plain token has the scopes of every organization of its user.
    assert.equal(claims.scope, 'read:profile invoices:write')
    assert.deepEqual(await statuses(page), {
      '/feed': '200 OK',
      '/me': '200 OK',
      '/demo/other-process/me': '200 OK',
      '/demo/claims': '200 OK',
      '/organizations/acme': '403 Forbidden',
      '/organizations/globex': '403 Forbidden',
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
    const { page, context, complaints } = await open(t)
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
      '/organizations/acme': '403 Forbidden',
      '/organizations/globex': '403 Forbidden',
      '/admin': '403 Forbidden',
    })
    for (const path of ['/me', '/demo/other-process/me']) {
      const refusal = await page
        .getByRole('listitem')
        .filter({ hasText: `GET ${path} ` })
        .textContent()
      assert.match(refusal, /"code": "token_revoked"/)
    }

    assert.equal(await askFor(context, demo.home, { organizationId: 'acme' }), 403)

    await page.getByRole('link', { name: 'Sign in' }).click()
    await typeCredentials(page)
    assert.equal(await page.getByRole('alert').textContent(), 'This person is suspended.')
    await page.goto(demo.home)
    await page.getByRole('button', { name: 'Lift the suspension' }).click()
    await page.locator('#sign-in:focus').waitFor()
    assert.equal(await askFor(context, demo.home, { organizationId: 'acme' }), 403)
    // Revoked is what was issued until the suspension, to the second.
    await page.waitForTimeout(1_000)
    await signIn(page)
    assert.equal((await statuses(page))['/demo/other-process/me'], '200 OK')
    assert.equal(await page.getByRole('button', { name: 'Lift the suspension' }).isVisible(), false)
    assert.deepEqual(complaints, [])
  })

  test('switches the organization: the token has its scopes, and opens its route and no other', async (t) => {
    const { page, complaints } = await open(t)
    await signIn(page)
    assert.equal(await page.locator('#organization').textContent(), 'no organization')

    await switchTo(page, 'acme')
    assert.equal(await page.locator('#organization').textContent(), 'acme')
    const { aud, organization_id: id, scope } = await claimsOf(page)
    assert.deepEqual([aud, id, scope], ['https://api.example.com', 'acme', 'read:profile invoices:write'])
    const within = { ...(await statuses(page)) }
    assert.deepEqual([within['/organizations/acme'], within['/organizations/globex']], ['200 OK', '403 Forbidden'])
    const answers = page.getByRole('listitem')
    const own = await answers.filter({ hasText: 'GET /organizations/acme' }).textContent()
    assert.match(own, /as yours is.*"userId": "ada", "organizationId": "acme"/s)
    const other = await answers.filter({ hasText: 'GET /organizations/globex' }).textContent()
    assert.match(other, /which yours is not.*"code": "organization_invalid"/s)

    await switchTo(page, 'globex')
    const { organization_id: otherId, scope: otherScope } = await claimsOf(page)
    assert.deepEqual([otherId, otherScope], ['globex', 'read:profile'])
    const there = await statuses(page)
    assert.deepEqual([there['/organizations/acme'], there['/organizations/globex']], ['403 Forbidden', '200 OK'])
    await page.reload()
    await page.getByRole('button', { name: 'globex', pressed: true }).waitFor()

    await switchTo(page, 'no organization')
    assert.equal((await claimsOf(page)).organization_id, undefined)
    assert.equal((await statuses(page))['/organizations/globex'], '403 Forbidden')
    assert.deepEqual(complaints, [])
  })

  test('gives nobody a token for an organization of others, nor without the CSRF token or the session', async (t) => {
    const { page, context } = await open(t)
    assert.equal(await askFor(context, demo.home, { organizationId: 'acme' }), 401)
    await signIn(page)
    for (const organizationId of ['initech', 'constructor', '', null, ['acme', 'globex']]) {
      assert.equal(await askFor(context, demo.home, { organizationId }), 403, `${organizationId}`)
    }
    const forged = await context.request.post(`${demo.home}organization`, { data: { organizationId: 'acme' } })
    assert.equal(forged.status(), 403)
    await page.reload()
    await page.getByRole('button', { name: 'no organization', pressed: true }).waitFor()

    const session = (await context.cookies()).find(({ name }) => name === 'demo_session')
    assert.deepEqual([session.httpOnly, session.secure, session.sameSite], [true, true, 'Strict'])
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    await context.addCookies([session])
    assert.equal(await askFor(context, demo.home, { organizationId: 'acme' }), 401)
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
    await switchTo(page, 'acme')
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

/** Asks the app for a token with the cookies of a browser and its CSRF token. Resolves to the status. */
async function askFor(context, home, data) {
  const csrf = (await context.cookies()).find(({ name }) => name === 'logto_csrf_token')
  const response = await context.request.post(`${home}organization`, { headers: { 'x-csrf-token': csrf.value }, data })
  return response.status()
}
