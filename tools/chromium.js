'use strict'

const { existsSync } = require('node:fs')
const { delimiter, join } = require('node:path')
const { chromium } = require('playwright-core')

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The path of an installed Chromium, or undefined. */
function findChromium() {
  const folders = process.env.PATH.split(delimiter)
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) => existsSync(file))
}

/** Starts Chromium without a window. Resolves to a browser of playwright-core. */
async function launchChromium() {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error(`no Chromium found: none of ${NAMES.join(', ')} is in the PATH`)
  return await chromium.launch({ executablePath, args: FLAGS, timeout: 120_000 })
}

module.exports = { findChromium, launchChromium }
