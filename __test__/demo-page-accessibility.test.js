'use strict'

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const { findChromium, launchChromium } = require('../tools/chromium')
const { signIn, startDemo, switchTo, typeCredentials } = require('../tools/demo-page')
const { faultsOf, heardOn, openPage, tabThrough } = require('./support/demo-page')

const skip = findChromium() === undefined && process.env.CHROMIUM_REQUIRED === undefined && 'no Chromium found: skipped'

describe("the demo's page, for whoever", { skip, timeout: 300_000 }, () => {
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

  const open = (t, options) => openPage(t, browser, demo.home, options)

  test('gives axe nothing to find, fits a phone and has targets for fingers, in every state, light and dark', async (t) => {
    const { page } = await open(t)
    const faults = {}
    const look = async (state) => {
      faults[state] = await faultsOf(page)
    }

    await look('guest')
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByLabel('Username').waitFor()
    await look('at the provider')
    await typeCredentials(page, { password: 'babbage' })
    await page.getByRole('alert').waitFor()
    await look('wrong password')
    await page.goto(`${demo.home}callback?code=forged`)
    await page.getByRole('heading', { name: 'The sign-in is refused' }).waitFor()
    await look('sign-in refused')

    await page.goto(demo.home)
    await signIn(page)
    await look('signed in')
    await switchTo(page, 'acme')
    await look('organization chosen')
    await page.route('**/demo/organization', (route) => route.abort())
    await page.getByRole('button', { name: 'globex' }).click()
    await page.getByRole('alert').filter({ hasText: /./ }).waitFor()
    await look('switch failed')
    await page.unroute('**/demo/organization')
    await page.getByRole('button', { name: 'Suspend me' }).click()
    await page.locator('#lift-suspension:focus').waitFor()
    await look('suspended')

    assert.deepEqual(faults, Object.fromEntries(Object.keys(faults).map((state) => [state, []])))
    await page.getByRole('button', { name: 'Lift the suspension' }).click()
    await page.locator('#sign-in:focus').waitFor()
  })

  test('takes its visitor from guest to guest by the keyboard alone, in the order of the page', async (t) => {
    const { page, complaints } = await open(t)
    const { keyboard } = page
    const enter = async (names) => {
      assert.deepEqual(await tabThrough(page, names.length), names)
      await keyboard.press('Enter')
    }
    const type = async (password) => {
      await page.locator('[name=username]:focus').waitFor()
      await keyboard.type('ada')
      assert.deepEqual(await tabThrough(page, 1), ['Password'])
      await keyboard.type(password)
      assert.deepEqual(await tabThrough(page, 1), ['Sign in'])
      await keyboard.press('Enter')
    }
    const pressed = (name) => page.locator('[aria-pressed=true]:focus', { hasText: name }).waitFor()

    await enter(['Sign in'])
    await type('babbage')
    await page.getByRole('alert').waitFor()
    await type('lovelace')
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await enter(['Sign out', 'Suspend me', 'no organization', 'acme'])
    await pressed('acme')
    assert.deepEqual(await tabThrough(page, 1), ['globex'])
    await keyboard.press('Space')
    await pressed('globex')
    const asked = page.waitForResponse((response) => response.url().endsWith('/organizations/globex'))
    await enter(['Ask again'])
    assert.equal((await asked).status(), 200)

    assert.deepEqual(await tabThrough(page, 4, 'Shift+Tab'), ['globex', 'acme', 'no organization', 'Suspend me'])
    await keyboard.press('Enter')
    await page.locator('#lift-suspension:focus').waitFor()
    assert.equal(await page.locator('#choices').isVisible(), false)
    await keyboard.press('Enter')
    await page.locator('#sign-in:focus').waitFor()
    // Revoked is what was issued until the suspension, to the second.
    await page.waitForTimeout(1_000)
    await keyboard.press('Enter')
    await type('lovelace')
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await enter(['Sign out'])
    await page.locator('#sign-in:focus').waitFor()
    assert.deepEqual(await tabThrough(page, 1), ['Ask again'])
    assert.deepEqual(complaints, [])
  })

  test('tells a screen reader its landmarks, headings, names and states, and a wrong password at its field', async (t) => {
    const { page } = await open(t)
    const requests = [
      'heading 3 "GET /feed"',
      'heading 3 "GET /me"',
      'heading 3 "GET /demo/other-process/me"',
      'heading 3 "GET /demo/claims"',
      'heading 3 "GET /organizations/acme"',
      'heading 3 "GET /organizations/globex"',
      'heading 3 "GET /admin"',
    ]
    assert.deepEqual(await heardOn(page), [
      'banner',
      'heading 1 "logto-authkit"',
      'main',
      'region "You are"',
      'heading 2 "You are"',
      'link "Sign in"',
      'region "Your token is for"',
      'heading 2 "Your token is for"',
      'region "Your claims"',
      'heading 2 "Your claims"',
      'region "What the server says"',
      'heading 2 "What the server says"',
      'button "Ask again"',
      'status, polite',
      'list',
      ...requests,
    ])

    await page.getByRole('link', { name: 'Sign in' }).click()
    await typeCredentials(page, { password: 'babbage' })
    await page.getByRole('alert').waitFor()
    assert.deepEqual(await heardOn(page), [
      'main',
      'heading 1 "Sign in"',
      'alert, assertive',
      'form',
      'textbox "Username", "This is not the password of that person."',
      'textbox "Password"',
      'button "Sign in"',
    ])

    await typeCredentials(page)
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await switchTo(page, 'acme')
    assert.deepEqual(await heardOn(page), [
      'banner',
      'heading 1 "logto-authkit"',
      'main',
      'region "You are"',
      'heading 2 "You are"',
      'button "Sign out"',
      'button "Suspend me"',
      'region "Your token is for"',
      'heading 2 "Your token is for"',
      'group "Switch the token to"',
      'button "no organization", pressed false',
      'button "acme", pressed true',
      'button "globex", pressed false',
      'region "Your claims"',
      'heading 2 "Your claims"',
      'region "What the server says"',
      'heading 2 "What the server says"',
      'button "Ask again"',
      'status, polite',
      'list',
      ...requests,
    ])
  })

  test('announces each change in one live region, which stays the same, and a failure in an alert', async (t) => {
    const { page } = await open(t)
    const status = await page.getByRole('status').elementHandle()
    const said = async () => (await status.textContent()).replace(/, at .*/, '')
    assert.equal(await said(), 'You are a guest. 1 of 7 requests are granted, 6 refused')

    await signIn(page)
    const region = await page.getByRole('status').elementHandle()
    const next = async (sentence) => assert.equal((await region.textContent()).replace(/, at .*/, ''), sentence)
    await next('You are ada, with a token for no organization. 4 of 7 requests are granted, 3 refused')
    await switchTo(page, 'acme')
    await next('You are ada, with a token for acme. 5 of 7 requests are granted, 2 refused')

    await page.route('**/demo/organization', (route) => route.fulfill({ status: 502, body: 'no answer' }))
    await page.getByRole('button', { name: 'globex' }).click()
    await page.getByRole('alert').filter({ hasText: 'POST organization: 502 no answer' }).waitFor()
    await page.unroute('**/demo/organization')
    await switchTo(page, 'globex')
    assert.equal(await page.getByRole('alert').count(), 0)

    await page.getByRole('button', { name: 'Suspend me' }).click()
    await page.locator('#lift-suspension:focus').waitFor()
    await next('You are suspended. 1 of 7 requests are granted, 6 refused')
    assert.equal(await region.evaluate((node) => node === document.getElementById('status')), true)
    await page.getByRole('button', { name: 'Lift the suspension' }).click()
    await page.locator('#sign-in:focus').waitFor()
  })

  test('moves nothing for whoever asked for less motion', async (t) => {
    const { page } = await open(t, { reducedMotion: 'reduce' })
    await page.getByRole('button', { name: 'Ask again' }).hover()
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter((node) => {
          const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(node)
          return animationName !== 'none' || !/^(0s(, )?)+$/.test(transitionDuration) || scrollBehavior === 'smooth'
        })
        .map((node) => node.outerHTML),
    )
    assert.deepEqual(moving, [])
  })
})
