'use strict'

/** The page of the demo in a fresh browser, after the page's requests to the server. */
async function openPage(t, browser, home, options) {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(60_000)
  t.after(() => context.close())
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  await page.goto(home)
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
  return { page, context, complaints }
}

/** The errors and warnings of the browser from now on, without the refusals that the page shows on purpose. */
function complaintsOf(page) {
  const complaints = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    const { url } = message.location()
    const isRefusal =
      /status of 40[13]/.test(message.text()) && /\/(me|demo\/claims|organizations\/\w+|admin)$/.test(url)
    if (['error', 'warning'].includes(message.type()) && !isRefusal) complaints.push(`${message.text()} (${url})`)
  })
  return complaints
}

/** The status of each of the server's answers that the page shows, by path. */
async function statuses(page) {
  const lines = await page.locator('#requests .line').allTextContents()
  return Object.fromEntries(lines.map((line) => /GET (\S+)\s+(.*?)\s*$/.exec(line).slice(1)))
}

/** The claims that the page shows, as text. */
async function claimsOf(page) {
  const names = await page.locator('#claims dt').allTextContents()
  const values = await page.locator('#claims dd').allTextContents()
  return Object.fromEntries(names.map((name, index) => [name, values[index]]))
}

module.exports = { claimsOf, openPage, statuses }
