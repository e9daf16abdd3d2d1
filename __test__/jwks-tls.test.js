'use strict'

const assert = require('node:assert/strict')
const { once } = require('node:events')
const { mkdir, readFile, writeFile } = require('node:fs/promises')
const { createServer } = require('node:https')
const { after, before, describe, test } = require('node:test')
const { startAuthorities } = require('./support/certificates')
const { verifyInChild } = require('./support/child')
const { startRawServer } = require('./support/raw-server')
const { startTenant } = require('./support/tenant')

// A process reads the root certificates once, so each verification runs in a process of its own. A test on loopback
// cannot show that the bundled public roots are trusted.

const LOOPBACK = 'IP:127.0.0.1'
const BROKEN = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

let authorities
let tenant
let token
/** The file with the certificate of the authority `ours`, which signs the servers' certificates. */
let ours

before(async () => {
  authorities = await startAuthorities()
  tenant = await startTenant()
  token = await tenant.issue()
  ours = await authorities.createAuthority('ours')
  await authorities.createAuthority('theirs')
})
after(async () => {
  await tenant.close()
  await authorities.close()
})

/** An HTTPS server with the tenant's keys. `server.asked` counts the requests that get through TLS. */
const withHttps = async (t, certificate, settings = {}) => {
  const server = createServer({ ...certificate, ...settings }, (_req, res) => {
    server.asked += 1
    res.end(JSON.stringify({ keys: [tenant.keys[0].jwk] }))
  })
  server.asked = 0
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return server
}

const verifyFrom = (jwksUri, env, engine = 'auto') =>
  verifyInChild(token, { ...tenant.options, jwksUri, jwksTimeoutMs: 3_000, engine }, env)

const verifyAt = (server, env, host = '127.0.0.1', engine = 'auto') =>
  verifyFrom(`https://${host}:${server.address().port}/oidc/jwks`, env, engine)

const assertRefused = async (server, verified, reason) => {
  const outcome = await verified
  assert.equal(outcome.code, 'jwks_unavailable')
  assert.match(outcome.reason, reason)
  assert.equal(server.asked, 0)
}

describe('keys over TLS', () => {
  test('are refused from a server whose authority is unknown', async (t) => {
    const server = await withHttps(t, await authorities.issue('ours', LOOPBACK))
    await assertRefused(server, verifyAt(server, {}), /UnknownIssuer/)
  })

  test('are refused from a server of an authority that is not among the trusted ones', async (t) => {
    const server = await withHttps(t, await authorities.issue('theirs', LOOPBACK))
    await assertRefused(server, verifyAt(server, { NODE_EXTRA_CA_CERTS: ours }), /UnknownIssuer/)
  })

  test('are refused whatever NODE_TLS_REJECT_UNAUTHORIZED says', async (t) => {
    const server = await withHttps(t, await authorities.issue('ours', LOOPBACK))
    await assertRefused(server, verifyAt(server, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }), /UnknownIssuer/)
  })

  for (const [name, names, days, reason] of [
    ['expired', LOOPBACK, [-30, -1], /expired/i],
    ['not valid yet', LOOPBACK, [1, 30], /not valid yet/i],
    ['for another address', 'IP:127.0.0.2', undefined, /not valid for name/i],
    ['for another host', 'DNS:localhost', undefined, /not valid for name/i],
    ['for hosts beneath another one', 'DNS:*.example.com', undefined, /not valid for name/i],
  ]) {
    test(`are refused from a server whose certificate is ${name}`, async (t) => {
      const server = await withHttps(t, await authorities.issue('ours', names, days))
      await assertRefused(server, verifyAt(server, { NODE_EXTRA_CA_CERTS: ours }), reason)
    })
  }

  test('are refused over TLS 1.1, accepted over 1.2 and 1.3', async (t) => {
    const certificate = await authorities.issue('ours', LOOPBACK)
    const withVersion = (version, ciphers) =>
      withHttps(t, certificate, { minVersion: version, maxVersion: version, ciphers })
    const env = { NODE_EXTRA_CA_CERTS: ours }
    const old = await withVersion('TLSv1.1', 'DEFAULT@SECLEVEL=0')
    await assertRefused(old, verifyAt(old, env), /version/i)
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      assert.deepEqual(await verifyAt(await withVersion(version), env), { userId: 'user-1' }, version)
    }
  })

  test('are refused from a server that speaks plain HTTP', async () => {
    assert.equal(
      (await verifyFrom(`${tenant.logtoUrl.replace('http:', 'https:')}/oidc/jwks`, {})).code,
      'jwks_unavailable',
    )
    assert.equal(tenant.fetches, 0)
  })

  test('are given up after jwksTimeoutMs if the handshake never ends', async (t) => {
    const silent = await startRawServer(() => {})
    t.after(silent.close)
    const start = performance.now()
    const { code, reason } = await verifyFrom(`https://127.0.0.1:${silent.port}/`, {})
    assert.equal(code, 'jwks_unavailable', reason)
    assert.ok(performance.now() - start < 5_000)
  })
})

describe('keys over TLS, on the portable engine,', () => {
  const verifyPortably = (server, env) => verifyAt(server, env, '127.0.0.1', 'portable')

  /** [the certificate, the arguments that issue it, the environment, why it is refused]. */
  const REFUSED = [
    ['of an unknown authority', ['ours', LOOPBACK], () => ({}), /unable to verify|UNABLE_TO/],
    ['of another authority', ['theirs', LOOPBACK], () => ({ NODE_EXTRA_CA_CERTS: ours }), /unable to verify|UNABLE_TO/],
    ['that is expired', ['ours', LOOPBACK, [-30, -1]], () => ({ NODE_EXTRA_CA_CERTS: ours }), /expired/],
    ['for another address', ['ours', 'IP:127.0.0.2'], () => ({ NODE_EXTRA_CA_CERTS: ours }), /does not match/],
    [
      'that nobody would look at',
      ['ours', LOOPBACK],
      () => ({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
      /NODE_TLS_REJECT_UNAUTHORIZED=0 switches the check of certificates off/,
    ],
  ]
  for (const [name, issued, envOf, reason] of REFUSED) {
    test(`are refused from a server with a certificate ${name}`, async (t) => {
      const server = await withHttps(t, await authorities.issue(...issued))
      await assertRefused(server, verifyPortably(server, envOf()), reason)
    })
  }

  test('are accepted from a server of an authority in NODE_EXTRA_CA_CERTS, over TLS 1.2 and 1.3 alone', async (t) => {
    const certificate = await authorities.issue('ours', LOOPBACK)
    for (const version of ['TLSv1.1', 'TLSv1.2', 'TLSv1.3']) {
      const ciphers = version === 'TLSv1.1' ? 'DEFAULT@SECLEVEL=0' : undefined
      const server = await withHttps(t, certificate, { minVersion: version, maxVersion: version, ciphers })
      const verified = verifyPortably(server, { NODE_EXTRA_CA_CERTS: ours })
      if (ciphers === undefined) assert.deepEqual(await verified, { userId: 'user-1' }, version)
      else await assertRefused(server, verified, /version/i)
    }
  })
})

describe('the certificates that are trusted', () => {
  const trusting = (name, certificates, environment) =>
    test(name, async (t) => {
      const server = await withHttps(t, await authorities.issue('ours', `${LOOPBACK},DNS:localhost`))
      const file = authorities.inFolder(`trusted-${encodeURIComponent(name)}.pem`)
      const texts = certificates.map(async (one) =>
        one.startsWith('-') ? one : readFile(authorities.inFolder(`${one}.pem`)),
      )
      await writeFile(file, (await Promise.all(texts)).join('\n'))
      for (const host of ['127.0.0.1', 'localhost']) {
        assert.deepEqual(await verifyAt(server, await environment(file), host), { userId: 'user-1' }, host)
      }
    })

  const extra = (file) => ({ NODE_EXTRA_CA_CERTS: file })
  trusting('are those of NODE_EXTRA_CA_CERTS', ['ours'], extra)
  trusting('are all certificates of a file that holds several', ['theirs', 'ours'], extra)
  trusting('are all certificates of a file except the malformed ones', [BROKEN, 'ours'], extra)
  trusting('are those of SSL_CERT_FILE, as the system’s', ['ours'], (file) => ({ SSL_CERT_FILE: file }))
  trusting('are those of NODE_EXTRA_CA_CERTS beside the system’s', ['ours'], (file) => ({
    NODE_EXTRA_CA_CERTS: file,
    SSL_CERT_FILE: authorities.inFolder('theirs.pem'),
  }))
  trusting('are those of NODE_EXTRA_CA_CERTS if the system has none', ['ours'], async (file) => ({
    NODE_EXTRA_CA_CERTS: file,
    ...(await noSystemRoots()),
  }))
})

describe('where no certificates can be read', () => {
  for (const [name, environment] of [
    ['from the system', () => noSystemRoots()],
    ['from a system whose folder is empty', () => emptySystemRoots()],
    ['from a file that is missing', () => ({ NODE_EXTRA_CA_CERTS: authorities.inFolder('missing.pem') })],
    ['from a file that is a folder', () => ({ NODE_EXTRA_CA_CERTS: authorities.folder })],
    ['from a file that holds something else', () => ({ NODE_EXTRA_CA_CERTS: __filename })],
    ['from an empty variable', () => ({ NODE_EXTRA_CA_CERTS: '', SSL_CERT_FILE: '', SSL_CERT_DIR: '' })],
  ]) {
    test(`${name}, keys still arrive over http, and https refuses`, async (t) => {
      const env = await environment()
      assert.deepEqual(await verifyFrom(`${tenant.logtoUrl}/oidc/jwks`, env), { userId: 'user-1' })
      const server = await withHttps(t, await authorities.issue('ours', LOOPBACK))
      await assertRefused(server, verifyAt(server, env), /UnknownIssuer/)
    })
  }
})

const noSystemRoots = async () => ({
  SSL_CERT_FILE: authorities.inFolder('nowhere.pem'),
  SSL_CERT_DIR: authorities.inFolder('nowhere'),
})

async function emptySystemRoots() {
  const folder = authorities.inFolder('empty')
  await mkdir(folder, { recursive: true })
  return { SSL_CERT_FILE: authorities.inFolder('nowhere.pem'), SSL_CERT_DIR: folder }
}
