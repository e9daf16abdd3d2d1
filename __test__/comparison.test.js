'use strict'

// The README's comparison, row by row: what an app does that is guarded by each package alone.

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { createHmac } = require('node:crypto')
const { existsSync, readFileSync } = require('node:fs')
const { join } = require('node:path')
const { before, describe, test } = require('node:test')
const { promisify } = require('node:util')
const express = require('express')
const { listen } = require('../examples/demo/listen')
const { GUARDS, WEBHOOK_KEY } = require('./comparison/guards')
const { TASKS } = require('./comparison/tasks')
const { startTenant } = require('./support/tenant')

const FOLDER = join(__dirname, 'comparison/packages')
const README = readFileSync(join(__dirname, '..', 'README.md'), 'utf8')

describe('the comparison in README.md', { timeout: 300_000 }, () => {
  before(async () => {
    if (existsSync(join(FOLDER, 'node_modules/@clerk/express'))) return
    await promisify(execFile)('npm', ['install', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: FOLDER,
    })
  })

  test('has these packages in its columns, and no rows but these', () => {
    const [header, ...rows] = tableOf(README)
    assert.deepEqual(header.slice(1), Object.keys(GUARDS))
    assert.deepEqual(
      rows.map(([task]) => task),
      Object.keys(TASKS),
    )
  })

  test('guards with Clerk as Clerk does: its own session tokens get in', async (t) => {
    const { ask, tenant } = await startWorld(t, GUARDS['@clerk/express'], 'RS256')
    const claims = { iss: 'https://clerk.example.com', aud: undefined, client_id: undefined, sid: 'sess_1', v: 2 }
    assert.equal(await ask('/user', await tenant.issue({ claims, header: { typ: 'JWT' } })), 200)
  })

  for (const [task, attempt] of Object.entries(TASKS)) {
    for (const [name, guardsOf] of Object.entries(GUARDS)) {
      test(`says rightly whether ${name} ${task}`, async (t) => {
        const world = await startWorld(t, guardsOf)
        const [header, ...rows] = tableOf(README)
        const said = rows.find(([title]) => title === task)[header.indexOf(name)]
        assert.equal((await attempt(world)) ? 'yes' : 'no', said)
      })
    }
  }
})

/** An app that a package guards, and its tenant: `ask` gives the status of an answer, `deliver` sends a webhook. */
async function startWorld(t, guardsOf, alg) {
  const tenant = await startTenant({ alg })
  t.after(() => tenant.close())
  const { webhook, ...guards } = await guardsOf(tenant)
  const app = express()
  if (webhook) app.post('/webhook', webhook)
  for (const [path, guard] of Object.entries(guards)) app.get(`/${path}`, guard, (_req, res) => res.sendStatus(200))
  app.use((error, _req, res, _next) => res.sendStatus(error.status ?? 500))
  const { url, close } = await listen(app)
  t.after(close)
  return {
    tenant,
    async ask(path, token, headers = { authorization: `Bearer ${token}` }) {
      return (await fetch(url + path, { headers })).status
    },
    deliver(event) {
      const body = JSON.stringify({ ...event, createdAt: new Date().toISOString() })
      const signature = createHmac('sha256', WEBHOOK_KEY).update(body).digest('hex')
      return fetch(`${url}/webhook`, { method: 'POST', headers: { 'logto-signature-sha-256': signature }, body })
    },
  }
}

/** The cells of the table under the heading, without emphasis and code marks; the line below the header is left out. */
function tableOf(text) {
  const [, section] = text.split('## Beside other packages\n')
  const lines = /^\|.*(?:\n\|.*)*/m.exec(section ?? '')?.[0].split('\n') ?? []
  return lines
    .filter((line) => !/^\|[\s|:-]+$/.test(line))
    .map((line) =>
      line
        .replaceAll(/[*`]/g, '')
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}
