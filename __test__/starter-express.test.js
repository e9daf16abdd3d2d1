'use strict'

// The starter as a newcomer gets it: installed from the packed tarballs, tested, built, started and asked over HTTP.

const assert = require('node:assert/strict')
const { execFile, spawn } = require('node:child_process')
const { mkdtemp, readFile, realpath, rm } = require('node:fs/promises')
const { request } = require('node:http')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { text } = require('node:stream/consumers')
const { setTimeout: sleep } = require('node:timers/promises')
const { promisify } = require('node:util')
const { createTestIssuer } = require('logto-authkit/testing')
const { freePort } = require('../tools/free-port')
const { ROOT, installExample, packTarballs } = require('./support/tarballs')
const { until } = require('./support/until')

const run = promisify(execFile)

describe('examples/starter-express', { timeout: 600_000 }, () => {
  let folder
  let app
  let issuer
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'logto-authkit-')))
    app = join(folder, 'app')
    await installExample(join(ROOT, 'examples/starter-express'), app, await packTarballs(folder))
    await run('npm', ['run', 'build'], { cwd: app })
    issuer = await createTestIssuer()
  })
  after(async () => {
    await issuer?.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Starts what the Dockerfile starts. `log` is what it has printed, `exit` its exit code. */
  const start = (t, changes) => {
    const { logtoUrl, audience, webhookSigningKey } = issuer
    const settings = { LOGTO_URL: logtoUrl, AUDIENCE: audience, LOGTO_WEBHOOK_KEY: webhookSigningKey }
    const env = { PATH: process.env.PATH, NODE_ENV: 'production', ...settings, ...changes }
    const child = spawn(process.execPath, ['dist/main.js'], { cwd: app, env })
    t.after(() => child.kill('SIGKILL'))
    const started = { child, log: '', exit: new Promise((resolve) => child.once('exit', resolve)) }
    child.stdout.on('data', (chunk) => (started.log += chunk))
    child.stderr.on('data', (chunk) => (started.log += chunk))
    return started
  }

  test('passes its own tests and its own type check', async () => {
    const { stdout } = await run('npm', ['test'], { cwd: app, env: { PATH: process.env.PATH, LOG_LEVEL: 'silent' } })
    assert.match(stdout, /pass 6\b/)
    await run('npm', ['run', 'typecheck'], { cwd: app })
  })

  test('starts as its Dockerfile says, answers, logs in JSON without a token, and ends an open request before it exits', async (t) => {
    const PORT = String(await freePort())
    const url = `http://127.0.0.1:${PORT}`
    const started = start(t, { PORT })
    await readiness(url, 200)

    const token = issuer.issueToken({ sub: 'ada', scope: 'invoices:write', organization: 'acme' })
    const headers = { authorization: `Bearer ${token}`, cookie: `logto_authtoken=${token}` }
    assert.equal((await (await fetch(`${url}/me`, { headers })).json()).userId, 'ada')
    const expired = issuer.issueToken({ expiresIn: -60 })
    assert.equal((await fetch(`${url}/me`, { headers: { authorization: `Bearer ${expired}` } })).status, 401)

    // The body of the request comes only after the process has been told to end.
    const open = request(`${url}/organizations/acme/invoices`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': '2' },
    })
    const answered = new Promise((resolve, reject) => open.on('response', resolve).on('error', reject))
    open.flushHeaders()
    await until(() => started.log.includes('request refused'))
    await sleep(200)
    started.child.kill('SIGTERM')
    await until(() => started.log.includes('shutting down'))
    open.end('{}')
    const response = await answered
    assert.deepEqual(
      [response.statusCode, JSON.parse(await text(response))],
      [201, { organizationId: 'acme', createdBy: 'ada' }],
    )
    assert.equal(await started.exit, 0)

    const lines = started.log.trim().split('\n').map(JSON.parse)
    assert.equal(lines.find(({ msg }) => msg === 'request refused').code, 'token_expired')
    for (const secret of [token, expired]) assert.ok(!started.log.includes(secret.split('.')[2]))
  })

  test('does not start without a variable that it needs, and names it', async (t) => {
    for (const name of ['LOGTO_URL', 'AUDIENCE', 'LOGTO_WEBHOOK_KEY']) {
      const started = start(t, { [name]: '' })
      assert.equal(await started.exit, 1)
      assert.ok(started.log.includes(`The variable ${name} is not set`), started.log)
    }
  })

  test('starts while the tenant is down, is not ready, and becomes ready by itself', async (t) => {
    await issuer.goDown()
    const PORT = String(await freePort())
    const started = start(t, { PORT })
    await readiness(`http://127.0.0.1:${PORT}`, 503)
    await until(() => started.log.includes('keys unavailable'))
    await issuer.goUp()
    await readiness(`http://127.0.0.1:${PORT}`, 200)
  })

  test('has a Dockerfile that copies what is there and starts what is built', async () => {
    const dockerfile = await readFile(join(app, 'Dockerfile'), 'utf8')
    const { scripts } = JSON.parse(await readFile(join(app, 'package.json'), 'utf8'))
    assert.equal(`CMD ${JSON.stringify(scripts.start.split(' ')).replace(',', ', ')}`, /^CMD .*$/m.exec(dockerfile)[0])
    assert.match(dockerfile, /^RUN npm run build && npm prune --omit=dev$/m)
    assert.match(dockerfile, /^USER node$/m)
  })
})

/** Waits until the app answers its readiness probe so. Backing off from a tenant that was down takes some seconds. */
async function readiness(url, status) {
  for (let tries = 0; tries < 600; tries += 1) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined)
    await response?.arrayBuffer()
    if (response?.status === status) return
    await sleep(50)
  }
  assert.fail(`${url}/readyz never answered ${status}`)
}
