'use strict'

// npx logto-authkit token, against the OpenID provider that Logto is built on.

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const { verifyAuth } = require('logto-authkit')
const { listen } = require('../examples/demo/listen')
const { API, startProvider } = require('../examples/demo/provider')
const { runCli } = require('./support/doctor')

const SECRET = 'hunter2:hunter2'

describe('logto-authkit token', { timeout: 120_000 }, () => {
  let provider
  before(async () => {
    provider = await startProvider()
  })
  after(() => provider?.stop())

  /** Runs the command for the provider's machine-to-machine app, and asserts that its secret is nowhere in the output. */
  const ask = async (args, { secret = provider.clientSecret, input } = {}) => {
    const env = { LOGTO_URL: provider.url, ...(input === undefined && { LOGTO_CLIENT_SECRET: secret }) }
    const told = await runCli(['token', '--client-id', provider.clientId, ...args], { env, input })
    assert.ok(!`${told.stdout}${told.stderr}`.includes(secret))
    return told
  }

  test('prints a token alone, which a server of that audience accepts', async () => {
    const { exitCode, stdout, stderr } = await ask(['--resource', API, '--scope', 'read:profile'])
    assert.deepEqual([exitCode, stderr], [0, ''])
    assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const { payload } = await verifyAuth(stdout.trim(), { logtoUrl: provider.url, audience: API })
    assert.equal(payload.scope, 'read:profile')
  })

  test('reads the secret from standard input', async () => {
    const args = ['--resource', API, '--client-secret', '-']
    const { exitCode } = await ask(args, { input: `${provider.clientSecret}\n` })
    assert.equal(exitCode, 0)
  })

  test('prints the token with its lifetime and scopes as JSON', async () => {
    const { stdout } = await ask(['--resource', API, '--scope', 'read:profile', '--json'])
    const { token, ...others } = JSON.parse(stdout)
    assert.equal(token.split('.').length, 3)
    assert.deepEqual(others, { outcome: 'ok', exitCode: 0, expiresIn: 3600, scope: 'read:profile' })
  })

  test('says what it is refused for, and what to do', async () => {
    const cases = [
      [['--resource', 'https://other.example'], {}, 'invalid_target', 'no API resource of this indicator'],
      [['--resource', API], { secret: SECRET }, 'invalid_client', 'the secret is not the app’s'],
    ]
    for (const [args, options, error, advice] of cases) {
      const { exitCode, stdout, stderr } = await ask(args, options)
      assert.deepEqual([exitCode, stdout], [1, ''])
      assert.match(stderr, new RegExp(`"${error}"`))
      assert.ok(stderr.includes(advice), stderr)
      const { outcome, message } = JSON.parse((await ask([...args, '--json'], options)).stdout)
      assert.deepEqual([outcome, `${message}\n`], ['refused', stderr])
    }
  })

  test('exits with 2 where no tenant answers, and sends the secret nowhere else', async (t) => {
    let visits = 0
    const elsewhere = await listen((_req, res) => res.end(`${visits++}`))
    t.after(() => elsewhere.close())
    const answers = {
      'not JSON': (res) => res.end('<html>'),
      'answers 404 without': (res) => res.writeHead(404).end('{}'),
      'no token': (res) => res.end('{}'),
      redirect: (res) => res.writeHead(307, { Location: elsewhere.url }).end(),
    }
    let answer
    const place = await listen((_req, res) => answer(res))
    t.after(() => place.close())
    for (const [phrase, give] of Object.entries(answers)) {
      answer = give
      const { exitCode, stdout, stderr } = await ask(['--logto-url', place.url, '--resource', API], { secret: SECRET })
      assert.deepEqual([exitCode, stdout], [2, ''], phrase)
      assert.ok(stderr.includes(phrase), stderr)
    }
    assert.equal(visits, 0)
  })

  test('refuses an opaque token, which no API can verify', async (t) => {
    const tenant = await listen((_req, res) => res.end('{"access_token":"cM0v_9kT3hQf2LxVn7RbYs1JwZdEuA5g"}'))
    t.after(() => tenant.close())
    const { exitCode, stdout, stderr } = await ask(['--logto-url', tenant.url, '--resource', API])
    assert.deepEqual([exitCode, stdout], [1, ''])
    assert.match(stderr, /opaque token/)
  })

  test('shows nothing of the secret that a tenant repeats, in whatever form', async (t) => {
    const repeated = [
      () => `it is ${SECRET}`,
      () => `${'x'.repeat(195)}${SECRET}`,
      ({ headers }) => `you sent ${headers.authorization}`,
      () => encodeURIComponent(SECRET),
    ]
    for (const describe of repeated) {
      const tenant = await listen((req, res) => {
        res.writeHead(400).end(JSON.stringify({ error: 'invalid_request', error_description: describe(req) }))
      })
      t.after(() => tenant.close())
      const { exitCode, stderr } = await ask(['--logto-url', tenant.url, '--resource', API], { secret: SECRET })
      assert.equal(exitCode, 1)
      assert.match(stderr, /^The tenant answers 400 "invalid_request": ".*\(hid/)
      assert.doesNotMatch(stderr, /hunter|aHVudGVyMg|OmhVbnRlcjI/)
    }
  })

  test('names the scopes that were not granted beside the token', async (t) => {
    const token = await ask(['--resource', API])
    const tenant = await listen((_req, res) =>
      res.end(JSON.stringify({ access_token: token.stdout.trim(), scope: 'read:a' })),
    )
    t.after(() => tenant.close())
    const { exitCode, stderr } = await ask(['--logto-url', tenant.url, '--resource', API, '--scope', 'read:a write:b'])
    assert.equal(exitCode, 0)
    assert.match(stderr, /^Not granted: write:b\./)
  })

  test('asks for the resource, the organization and the scopes, and encodes the credentials', async (t) => {
    const requests = []
    const tenant = await listen(async (req, res) => {
      let body = ''
      for await (const chunk of req) body += chunk
      requests.push([req.url, atob(req.headers.authorization.slice(6)), Object.fromEntries(new URLSearchParams(body))])
      res.end('{"access_token":"a.b.c","scope":"x"}')
    })
    t.after(() => tenant.close())
    await ask(['--logto-url', tenant.url, '--organization', 'org-1', '--scope', 'x'], { secret: SECRET })
    const form = { grant_type: 'client_credentials', organization_id: 'org-1', scope: 'x' }
    assert.deepEqual(requests, [['/oidc/token', `${provider.clientId}:hunter2%3Ahunter2`, form]])
  })

  const USAGE = {
    'no tenant': [['--client-id', 'a', '--resource', API], /^--logto-url: is not set/],
    'no app': [['--logto-url', 'http://127.0.0.1', '--resource', API], /^--client-id: is not set/],
    'no resource': [['--logto-url', 'http://127.0.0.1', '--client-id', 'a'], /^--resource: is not set; .*opaque/],
    'an empty resource': [
      ['--logto-url', 'http://127.0.0.1', '--client-id', 'a', '--resource', ''],
      /^--resource is empty/,
    ],
    'no secret': [['--logto-url', 'http://127.0.0.1', '--client-id', 'a', '--resource', API], /LOGTO_CLIENT_SECRET/],
    'an empty input': [
      ['--logto-url', 'http://127.0.0.1', '--client-id', 'a', '--resource', API, '--client-secret', '-'],
      /nothing came from standard input/,
    ],
    'a secret among the arguments': [
      ['--logto-url', 'http://127.0.0.1', '--client-id', 'a', '--resource', API, '--client-secret', SECRET],
      /seen by every process/,
    ],
    'an option that is not known': [['--secret', SECRET], /an option that is not known/],
    'a word too many': [[SECRET], /an argument that belongs to no option/],
  }
  for (const [name, [args, message]] of Object.entries(USAGE)) {
    test(`exits with 3 for ${name}, and repeats no argument`, async () => {
      const told = await runCli(['token', ...args])
      assert.deepEqual([told.exitCode, told.stdout], [3, ''])
      assert.match(told.stderr, message)
      assert.match(told.stderr, /logto-authkit token --help says more\.\n$/)
      assert.ok(!told.stderr.includes(SECRET))
      const { outcome, exitCode } = JSON.parse((await runCli(['token', ...args, '--json'])).stdout)
      assert.deepEqual([outcome, exitCode], ['usage_error', 3])
    })
  }

  test('prints help that names its options; without a command, the commands', async () => {
    const { exitCode, stdout } = await runCli(['token', '--help'])
    assert.equal(exitCode, 0)
    for (const option of ['--client-id', '--resource', '--organization', '--scope', 'LOGTO_CLIENT_SECRET']) {
      assert.ok(stdout.includes(option), option)
    }
    assert.match((await runCli(['--help'])).stdout, /^ {2}doctor .*\n {2}token /m)
  })
})
