'use strict'

const { join } = require('node:path')
const { launchChromium } = require('../tools/chromium')
const { signIn, startDemo, switchTo } = require('../tools/demo-page')

const FILE = join(__dirname, '..', 'docs', 'demo.png')

/** Replaces the README's picture of the demo's page, with a user who is signed in, for one of their organizations. */
async function main() {
  const demo = await startDemo()
  const browser = await launchChromium()
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, colorScheme: 'light' })
    await page.goto(demo.home)
    await signIn(page)
    await switchTo(page, 'acme')
    await page.mouse.move(0, 0) // off the button, which looks different under it
    await page.screenshot({ path: FILE, fullPage: true })
    console.log(FILE)
  } finally {
    await browser.close()
    demo.stop()
  }
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
