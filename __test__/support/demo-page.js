'use strict'

const { source: AXE } = require('axe-core')

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

/**
 * What axe finds on a page, what is wider than a phone, and what is too small for a finger: in light and in dark, on a desk and
 * on a phone. Afterwards the page is as before.
 *
 * @returns {Promise<string[]>}
 */
async function faultsOf(page) {
  const faults = []
  const usual = page.viewportSize()
  await page.evaluate(AXE)
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    for (const width of [usual.width, 360]) {
      await page.setViewportSize({ ...usual, width })
      const found = await page.evaluate(findFaults)
      if (found.lightness > 0.5 !== (colorScheme === 'light')) found.faults.push(`its ground is ${found.ground}`)
      faults.push(...found.faults.map((fault) => `${fault}, ${colorScheme}, at ${width} pixels`))
    }
  }
  await page.emulateMedia({ colorScheme: null })
  await page.setViewportSize(usual)
  return faults
}

/** Runs in the page. */
async function findFaults() {
  // Target size is of WCAG 2.2, which axe leaves out unless asked.
  const rules = { 'target-size': { enabled: true } }
  const { violations, incomplete } = await globalThis.axe.run({ rules, resultTypes: ['violations', 'incomplete'] })
  const faults = [...violations, ...incomplete].flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target} (${failureSummary.replace(/\s+/g, ' ')})`),
  )
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth > clientWidth) faults.push(`it is ${scrollWidth} pixels wide`)
  for (const node of document.querySelectorAll('a, button, input')) {
    const { width, height } = node.getBoundingClientRect()
    if (node.checkVisibility() && Math.min(width, height) < 24) faults.push(`too small: ${node.outerHTML}`)
  }
  const ground = getComputedStyle(document.documentElement).backgroundColor
  const [red, green, blue] = ground.match(/[\d.]+/g).map(Number)
  return { faults, ground, lightness: (red + green + blue) / 3 / 255 }
}

/** Presses a key for each next element. Resolves to their names; throws where one does not show that it has the focus. */
async function tabThrough(page, count, key = 'Tab') {
  const names = []
  for (let index = 0; index < count; index += 1) {
    await page.keyboard.press(key)
    const { name, outline } = await page.evaluate(() => {
      const node = document.activeElement
      const { outlineStyle, outlineWidth } = getComputedStyle(node)
      return { name: (node.labels?.[0] ?? node).textContent.trim(), outline: `${outlineStyle} ${outlineWidth}` }
    })
    if (outline !== 'solid 3px') throw new Error(`${name} has the focus and the outline ${outline}`)
    names.push(name)
  }
  return names
}

const HEARD = new Set(
  'banner main region form group list heading link button textbox status alert image dialog'.split(' '),
)

/** A page as the browser tells it to a screen reader: the role, name, description and state of what can be jumped to. */
async function heardOn(page) {
  const session = await page.context().newCDPSession(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  await session.detach()
  const byId = new Map(nodes.map((node) => [node.nodeId, node]))
  const inOrder = (node) => [node, ...node.childIds.map((id) => byId.get(id)).flatMap(inOrder)]
  return inOrder(nodes[0])
    .filter(({ ignored, role }) => !ignored && HEARD.has(role.value))
    .map(sentenceOf)
}

function sentenceOf({ role, name, description, properties }) {
  const of = (wanted) => properties.find((property) => property.name === wanted)?.value.value
  const level = of('level') === undefined ? '' : ` ${of('level')}`
  const states = [
    description?.value && `"${description.value}"`,
    of('live'),
    of('pressed') && `pressed ${of('pressed')}`,
  ]
  return [`${role.value}${level}${name?.value ? ` "${name.value}"` : ''}`, ...states.filter(Boolean)].join(', ')
}

module.exports = { claimsOf, faultsOf, heardOn, openPage, statuses, tabThrough }
