'use strict'

const assert = require('node:assert/strict')
const { once } = require('node:events')
const { createServer } = require('node:https')
const { join } = require('node:path')
const { describe, test } = require('node:test')
const { startAuthorities } = require('./support/certificates')
const { askDoctor, runCli } = require('./support/doctor')
const { startRawServer, response } = require('./support/raw-server')
const { createKey, startTenant } = require('./support/tenant')
const { WITHOUT_ADDON } = require('./support/without-addon')

const API = 'https://api.example.com'
const EVIL = '\u001b[2J\u009bevil\u202e'

/** A tenant that answers every request with `answer`. */
async function tenantOf(t, answer) {
  const tenant = await startTenant()
  t.after(tenant.close)
  tenant.answer = answer
  return tenant
}

const withBody =
  (body, status = 200, headers = {}) =>
  (_req, res) =>
    res.writeHead(status, headers).end(body)

/** Answers to the request for the keys: [the answer, the name of the problem, a phrase of the report]. */
const ANSWERS = {
  'an error': [withBody('', 500), 'status', 'it answered with status 500'],
  'no such page': [withBody('', 404), 'status', 'with no path but a trailing /oidc?'],
  'a redirect': [withBody('', 301, { location: '/elsewhere' }), 'redirect', 'it redirects (status 301)'],
  'a web page': [withBody('<html>'), 'not_a_key_set', 'no JSON Web Key Set'],
  'more than anybody reads': [withBody('x'.repeat(300_000)), 'too_large', 'larger than 256 KiB'],
  'a hundred keys and one more': [
    withBody(JSON.stringify({ keys: Array(101).fill({ kty: 'RSA' }) })),
    'too_many_keys',
    'more than 100 keys, and such a set is refused whole',
  ],
  'nothing, for ever': [() => {}, 'timeout', 'no answer in time'],
  'a part of an answer, then nothing': [(_req, res) => res.write('{"keys":['), 'timeout', 'no answer in time'],
  'a closed connection': [(req) => req.destroy(), 'hung_up', 'closed before an answer'],
}

describe('the doctor finds', { timeout: 300_000 }, () => {
  for (const [name, [answer, problem, phrase]] of Object.entries(ANSWERS)) {
    test(`that a tenant answers with ${name}`, async (t) => {
      const tenant = await tenantOf(t, answer)
      const { text, report } = await askDoctor(tenant, { token: await tenant.issue() })
      assert.deepEqual([report.exitCode, report.outcome], [2, 'tenant_unusable'])
      assert.deepEqual([report.keys.reachable, report.keys.problem], [false, problem])
      assert.ok(text.includes(phrase), text)
      assert.match(text, /jwks cannot be fetched from .+: /)
      assert.match(text, /^Not to be judged: jwks_unavailable$/m)
    })
  }

  test('that nothing listens, and that localhost is not the same everywhere', async (t) => {
    const tenant = await tenantOf(t)
    await tenant.goDown()
    const { text, report } = await askDoctor(tenant)
    assert.deepEqual([report.exitCode, report.keys.problem, report.verdict], [2, 'refused', null])
    assert.equal(report.page, join('docs/errors/jwks_unavailable.md'))
    assert.match(text, /the connection was refused .*\(.*ECONNREFUSED/)
    assert.match(text, /In a container, "localhost" is the container itself/)
  })

  test('whether an unreachable tenant is the one that the token names', async (t) => {
    const tenant = await tenantOf(t)
    await tenant.goDown()
    const adviceFor = async (iss) => {
      const { report } = await askDoctor(tenant, { token: await tenant.issue({ claims: { iss } }) })
      assert.equal(report.verdict.code, 'jwks_unavailable')
      return report.verdict.advice.join()
    }
    assert.match(await adviceFor(tenant.issuer), /^The token says it is from this very tenant/)
    const other = await adviceFor('https://other.example/oidc')
    const expected = `from "https://other.example/oidc", and the keys are looked for at "${tenant.logtoUrl}". Is logtoUrl`
    assert.ok(other.includes(expected), other)
    assert.match(await adviceFor(tenant.issuer.replace('http:', 'https:')), /They differ in http and https alone/)
    assert.equal(await adviceFor(undefined), '')
  })

  test('that a name has no address', async () => {
    const { text, report } = await askDoctor({ logtoUrl: 'http://tenant.invalid', audience: API })
    assert.equal(report.exitCode, 2)
    // On a machine without a network, name resolution may take longer than the doctor waits.
    assert.match(text, /the name has no address here|no answer in time/)
    assert.doesNotMatch(text, /In a container/)
  })

  test('that a server does not speak HTTP', async (t) => {
    const server = await startRawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
    t.after(server.close)
    const { text, report } = await askDoctor({ logtoUrl: server.origin, audience: API })
    assert.deepEqual([report.exitCode, report.keys.problem], [2, 'not_http'])
    assert.ok(text.includes('does not speak HTTP'), text)
    assert.ok(text.includes(`at 127.0.0.1 port ${server.port}`), text)
  })

  test('that a server upgrades a connection that nobody asked it to', async (t) => {
    const head = 'HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n'
    const server = await startRawServer((socket) => socket.write(head))
    t.after(server.close)
    const { report } = await askDoctor({ logtoUrl: server.origin, audience: API })
    assert.equal(report.exitCode, 2)
  })

  test('that a certificate is of an authority that is not trusted, and which variable helps', async (t) => {
    const authorities = await startAuthorities()
    t.after(authorities.close)
    const authority = await authorities.createAuthority('private')
    const tenant = await tenantOf(t)
    const certificate = await authorities.issue('private', 'IP:127.0.0.1')
    const server = createServer(certificate, (_req, res) => res.end(JSON.stringify({ keys: [tenant.keys[0].jwk] })))
    t.after(() => server.closeAllConnections())
    t.after(() => server.close())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const logtoUrl = `https://127.0.0.1:${server.address().port}`

    const { text, report } = await askDoctor({ logtoUrl, audience: API })
    assert.deepEqual([report.exitCode, report.keys.problem], [2, 'tls'])
    assert.match(text, /NODE_EXTRA_CA_CERTS/)

    const args = ['doctor', '--logto-url', logtoUrl, '--audience', API]
    const { exitCode } = await runCli(args, { env: { NODE_EXTRA_CA_CERTS: authority } })
    assert.equal(exitCode, 0)
  })

  test('that a port does not speak TLS', async (t) => {
    const tenant = await tenantOf(t)
    const { report } = await askDoctor({ logtoUrl: tenant.logtoUrl.replace('http:', 'https:'), audience: API })
    assert.deepEqual([report.exitCode, report.keys.problem], [2, 'tls'])
  })

  test('the reason why each unusable key cannot be used', async (t) => {
    const good = await createKey('RS256', { alg: undefined, kid: 'good' })
    const { jwk } = await createKey('ES384')
    const keys = {
      'a shared secret': { kty: 'oct', k: 'c2VjcmV0' },
      'a private key is published': { ...jwk, d: 'AAAA' },
      'not for signatures': { ...jwk, use: 'enc' },
      'not for verifying': { ...jwk, key_ops: ['sign'] },
      'for an algorithm that is not supported': { ...jwk, alg: 'ES256K' },
      'on a curve that is not supported': { kty: 'EC', crv: 'secp256k1', x: 'AAAA', y: 'AAAA' },
      'less than 2048 bits': { kty: 'RSA', n: 'AAAA', e: 'AQAB' },
      'of a type that is not supported': { kty: 'AKP' },
      broken: { ...jwk, x: 'AAAA' },
      'shares its kid': { ...jwk, kid: 'twin' },
    }
    const named = Object.entries(keys).map(([reason, key]) => ({ ...key, kid: key.kid === 'twin' ? 'twin' : reason }))
    const all = [good.jwk, ...named, { ...jwk, kid: 'twin' }, null, 5, [], 'text', { ...jwk, kid: EVIL, use: EVIL }]
    for (const key_ops of [null, 5, true, 'verify', {}, [5], [null], [['verify']], []]) all.push({ ...jwk, key_ops })
    const tenant = await tenantOf(t, withBody(JSON.stringify({ keys: all })))
    const { text, report } = await askDoctor(tenant)
    assert.equal(report.exitCode, 0)
    assert.deepEqual(report.keys.usable, [
      { kid: 'good', algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] },
    ])
    assert.equal(report.keys.unusable.length, all.length - 1)
    for (const { kid, reason } of report.keys.unusable) {
      if (Object.hasOwn(keys, kid)) assert.ok(reason.includes(kid), `${kid}: ${reason}`)
      if (kid === 'twin') assert.match(reason, /shares its kid/)
    }
    assert.match(text, /warning {2}the key "a shared secret" is of no use/)
  })

  test('that no key can be used, so that every token is refused', async (t) => {
    for (const keys of [[], [{ kty: 'oct', k: 'c2VjcmV0', kid: 'a' }]]) {
      const tenant = await tenantOf(t, withBody(JSON.stringify({ keys })))
      const { text, report } = await askDoctor(tenant, { token: await tenant.issue() })
      assert.deepEqual([report.exitCode, report.keys.reachable], [2, true])
      assert.equal(report.verdict.code, 'jwks_unavailable')
      assert.match(text, /no key to verify a token with/)
    }
  })

  /** A tenant with this discovery document. */
  const withDiscovery = (t, document, headers = {}) =>
    tenantOf(t, function answer(req, res) {
      const keys = this.keys.map(({ jwk }) => jwk)
      const body = req.url.endsWith('/openid-configuration') ? document : JSON.stringify({ keys })
      for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
      res.end(body)
    })

  test('that a tenant calls itself by another name, as with a custom domain', async (t) => {
    const tenant = await withDiscovery(t, JSON.stringify({ issuer: 'https://auth.example.com/oidc' }))
    const token = await tenant.issue({ claims: { iss: 'https://auth.example.com/oidc' } })
    const { text, report } = await askDoctor(tenant, { token })
    assert.deepEqual([report.exitCode, report.issuer.matches], [1, false])
    assert.equal(report.verdict.code, 'issuer_invalid')
    assert.match(text, /warning {2}the tenant calls itself "https:\/\/auth\.example\.com\/oidc"; accepted: /)
    assert.match(text, /as its discovery document says it is, accept it, too/)

    const accepted = await askDoctor(tenant, { token, args: ['--issuer', 'https://auth.example.com/oidc'] })
    assert.deepEqual([accepted.report.exitCode, accepted.report.issuer.matches], [0, true])
  })

  test('nothing wrong with a tenant whose discovery document cannot be read, since nothing needs the document', async (t) => {
    for (const document of ['', 'null', '[]', '{"issuer":5}', `{"issuer":"${'x'.repeat(5_000)}"}`]) {
      const { text, report } = await askDoctor(await withDiscovery(t, document))
      assert.deepEqual([report.exitCode, report.issuer.found, report.issuer.matches], [0, null, false], document)
      assert.match(text, /does not say what its issuer is/)
    }
  })

  test('control characters in a tenant’s answers, and prints none of them', async (t) => {
    const tenant = await withDiscovery(t, JSON.stringify({ issuer: EVIL }))
    tenant.keys[0].jwk.kid = EVIL
    const { report } = await askDoctor(tenant)
    assert.deepEqual([report.keys.usable[0].kid, report.issuer.found], [EVIL, EVIL])
  })

  test('clocks that differ, and names them as a reason for an expired token', async (t) => {
    for (const [hours, text] of [
      [-1.5, '90 minutes ahead of'],
      [1.5, '90 minutes behind'],
    ]) {
      const date = new Date(Date.now() + hours * 3_600_000).toUTCString()
      const tenant = await withDiscovery(t, '{}', { Date: date })
      const token = await tenant.issue({ claims: { exp: Math.floor(Date.now() / 1000) - 60 } })
      const said = await askDoctor(tenant, { token })
      assert.ok(said.text.includes(`this machine’s clock is ${text} the tenant’s`), said.text)
      assert.ok(said.report.verdict.advice.some((one) => one.startsWith('The clocks differ')))
      assert.ok(Math.abs(said.report.clock.aheadSeconds + hours * 3_600) < 60)
    }
  })

  test('the keys at another address', async (t) => {
    const tenant = await tenantOf(t)
    const token = await tenant.issue({ claims: { iss: 'http://tenant.invalid/oidc' } })
    const args = ['--jwks-uri', `${tenant.logtoUrl}/oidc/jwks`]
    const { report } = await askDoctor({ logtoUrl: 'http://tenant.invalid', audience: API }, { token, args })
    assert.deepEqual([report.exitCode, report.keys.url], [0, args[1]])
  })

  test('keys that only a proxy can reach, and names the proxy variable but not its value', async (t) => {
    const tenant = await tenantOf(t)
    const answer = response(200, JSON.stringify({ keys: [tenant.keys[0].jwk] }))
    const proxy = await startRawServer((socket) => socket.end(answer))
    t.after(proxy.close)
    const args = ['doctor', '--logto-url', 'http://tenant.invalid', '--audience', API]
    const env = { HTTP_PROXY: proxy.origin.replace('//', '//user:hunter2@') }
    const { exitCode, stdout } = await runCli(args, { env })
    assert.equal(exitCode, 0)
    assert.match(stdout, /^\(HTTP_PROXY set: keys are fetched through a proxy\)$/m)
    assert.match(stdout, /gave the addon its keys; Node\.js could not look closer/)
    assert.doesNotMatch(stdout, /hunter2/)
    const portable = await runCli(args, { env: { ...env, NODE_OPTIONS: WITHOUT_ADDON } })
    assert.match(portable.stdout, /^\(HTTP_PROXY set: the portable engine heeds it only with NODE_USE_ENV_PROXY=1/m)
  })
})
