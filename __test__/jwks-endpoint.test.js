'use strict'

const assert = require('node:assert/strict')
const { networkInterfaces } = require('node:os')
const { after, before, describe, test } = require('node:test')
const { gzipSync } = require('node:zlib')
const { getEngine, verifyAuth } = require('logto-authkit')
const { verifyInChild } = require('./support/child')
const { KEEPS_CONNECTIONS, SLACK_MS, TIMEOUT_MS, startTrial } = require('./support/endpoint-trial')
const { NOT_HTTP } = require('./support/not-http')
const { pour, response, startRawServer } = require('./support/raw-server')
const { rejection } = require('./support/rejection')

const MAX_BODY_BYTES = 256 * 1024

/** Why a test does not run on the portable engine: the platform's fetch asks for compression, and has limits of its own. */
const BY_PLATFORM = getEngine() === 'portable' && 'for the platform’s fetch to decide'

let trial
let keySet
let withServer
let refusalFrom
let refusalOf
let acceptedFrom

before(async () => {
  trial = await startTrial()
  ;({ keySet, withServer, refusalFrom, refusalOf, acceptedFrom } = trial)
})
after(() => trial.close())

const manyKeys = (count) => {
  const { jwk } = trial
  const others = Array.from({ length: count - 1 }, (_, index) => ({ ...jwk, kid: `other-${index}` }))
  return JSON.stringify({ keys: [...others, jwk] })
}

const write = (text) => (socket) => socket.write(text)
const writeAndEnd = (text) => (socket) => socket.end(text)

describe('an endpoint that has the right keys, but not under status 200', () => {
  for (const status of [201, 203, 204, 206, 304, 400, 401, 403, 404, 410, 418, 429, 500, 501, 502, 503, 504, 599]) {
    test(`gives none with ${status}`, async (t) => {
      assert.equal(await refusalOf(t, write(response(status, keySet))), `status ${status}`)
    })
  }

  for (const status of [300, 301, 302, 303, 307, 308]) {
    test(`gives none with ${status}, and the redirect is not followed`, async (t) => {
      const target = await withServer(t, write(response(200, keySet)))
      const redirect = response(status, keySet, { Location: `${target.origin}/oidc/jwks` })
      assert.equal(await refusalOf(t, write(redirect)), `status ${status}`)
      assert.equal(target.requests.length, 0)
    })
  }

  test('is disconnected at once, even if its error page never ends', async (t) => {
    const page = (socket) => {
      socket.write(response(500, '', { 'Content-Length': 1e9 }))
      pour(socket, Buffer.alloc(1_000), { everyMs: 10 })
    }
    assert.equal(await refusalOf(t, page), 'status 500')
  })
})

describe('an endpoint whose answer is no key set', () => {
  const nest = (text, end, depth) => text.repeat(depth) + end.repeat(depth)
  for (const [name, body] of [
    ['HTML', () => '<!doctype html><title>Sign in</title>'],
    ['nothing', () => ''],
    ['truncated JSON', () => keySet.slice(0, -10)],
    ['two key sets', () => keySet + keySet],
    ['a key without its set', () => JSON.stringify(trial.jwk)],
    ['a list', () => JSON.stringify([trial.jwk])],
    ['a list in a list', () => JSON.stringify([[trial.jwk]])],
    ['null', () => 'null'],
    ['an object for a list', () => '{"keys":{"0":{}}}'],
    ['bytes that are no text', () => '\u0000\u0001\u0002'],
    ['arrays in arrays without end', () => nest('[', '', 200_000)],
    ['arrays in arrays', () => nest('[', ']', 100_000)],
    ['101 keys', () => JSON.stringify({ keys: Array(101).fill(trial.jwk) })],
    ['a set one byte too large', () => keySet.padEnd(MAX_BODY_BYTES + 1)],
  ]) {
    test(`is refused: ${name}`, async (t) => {
      assert.match(await refusalOf(t, write(response(200, body()))), /not a JSON Web Key Set|larger than/)
    })
  }

  test('is refused: compressed keys, which the request does not ask for', { skip: BY_PLATFORM }, async (t) => {
    const answer = (body) => (socket, head) => {
      assert.doesNotMatch(head, /accept-encoding/i)
      socket.write(response(200, '', { 'Content-Length': body.length, 'Content-Encoding': 'gzip' }))
      socket.write(body)
    }
    assert.match(await refusalOf(t, answer(gzipSync(keySet))), /not a JSON Web Key Set/)
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, ' '))
    const memory = process.memoryUsage().rss
    assert.match(await refusalOf(t, answer(bomb)), /not a JSON Web Key Set/)
    assert.ok(process.memoryUsage().rss - memory < 50 * 1024 * 1024, 'inflated')
  })
})

describe('an endpoint that sends too much', () => {
  const CHUNK = Buffer.alloc(16 * 1024, ' ')
  for (const [name, head, piece] of [
    ['a body of 10 MB', response(200, '', { 'Content-Length': 10_000_000 }), CHUNK],
    ['a body that ends with the connection', response(200, '', { 'Content-Length': undefined }), CHUNK],
    [
      'chunks without end',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
      Buffer.from(`4000\r\n${CHUNK}\r\n`),
    ],
    ['a header without end', 'HTTP/1.1 200 OK\r\nX-Long: ', CHUNK],
    ['headers without end', 'HTTP/1.1 200 OK\r\n', Buffer.from('X-Many: 1\r\n'.repeat(1_000))],
  ]) {
    test(`is disconnected: ${name}`, { skip: name === 'a header without end' && BY_PLATFORM }, async (t) => {
      let written = 0
      const onWrite = (length) => {
        written += length
      }
      const reason = await refusalOf(t, (socket) => {
        socket.write(head.replace('Content-Length: undefined\r\n', ''))
        pour(socket, piece, { everyMs: 2, onWrite })
      })
      assert.doesNotMatch(reason, /no complete answer/, 'for its size, before the time is up')
      assert.ok(written < 4 * MAX_BODY_BYTES, `${written} bytes written`)
    })
  }
})

describe('an endpoint that does not finish', () => {
  const start = () => response(200, keySet).slice(0, -10)
  for (const [name, answer] of [
    ['no headers', () => {}],
    ['half of the headers', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Le')],
    ['no body', (socket) => socket.write(response(200, '', { 'Content-Length': 100 }))],
    ['half of the body', (socket) => socket.write(start())],
    ['a body shorter than its length', (socket) => socket.write(response(200, keySet, { 'Content-Length': 9_999 }))],
    ['a byte per second', (socket) => pour(socket, response(200, keySet)[0], { everyMs: 1_000 })],
    [
      'a byte every 20 ms, each in time',
      (socket) => {
        socket.write(response(200, '', { 'Content-Length': 1_000 }))
        pour(socket, ' ', { everyMs: 20 })
      },
    ],
    [
      'a header line every 20 ms',
      (socket) => socket.write('HTTP/1.1 200 OK\r\n') && pour(socket, 'A: b\r\n', { everyMs: 20 }),
    ],
  ]) {
    test(`is given up after jwksTimeoutMs: ${name}`, async (t) => {
      const begin = performance.now()
      // A fetch of the caller's own: one that others share goes on.
      assert.match(await refusalOf(t, answer, { options: { skipJwksCache: true } }), /no complete answer/)
      assert.ok(performance.now() - begin >= TIMEOUT_MS - 50)
    })
  }

  test('is given up after 5 s, whatever time its callers have', async (t) => {
    const server = await withServer(t, () => {})
    const error = await rejection(
      verifyAuth(trial.token, { ...trial.optionsFor(server.origin), jwksTimeoutMs: 60_000 }),
    )
    assert.equal(error.details.reason, 'no complete answer within 5000 ms')
    assert.ok(KEEPS_CONNECTIONS || (await server.isDesertedWithin(SLACK_MS)), 'the connection is left open')
  })

  for (const [name, answer, requests = 1] of [
    ['a reset before the headers', (socket) => socket.resetAndDestroy(), 2],
    [
      'a reset inside the body',
      (socket) => socket.write(start(), () => setTimeout(() => socket.resetAndDestroy(), 50)),
    ],
    ['an end before the headers', (socket) => socket.end(), 2],
    ['an end inside the headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le'), 2],
    ['an end inside the body', (socket) => socket.end(start())],
    ['an end inside a chunk', writeAndEnd('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"keys":[]}')],
    ['a length that cuts the body', (socket) => socket.end(response(200, keySet, { 'Content-Length': 30 }))],
  ]) {
    test(`is not believed: ${name}`, async (t) =>
      assert.doesNotMatch(await refusalOf(t, answer, { requests }), /no complete answer/))
  }
})

describe('an endpoint that does not speak HTTP', () => {
  for (const [name, text] of NOT_HTTP) {
    test(`is refused: ${name}`, { skip: /upgrade/.test(name) && BY_PLATFORM }, async (t) => {
      await refusalOf(t, writeAndEnd(text))
    })
  }
})

describe('an endpoint that is not there', () => {
  test('refuses the connection', async () => {
    const server = await startRawServer(() => {})
    await server.close()
    await refusalFrom(server.origin)
  })

  for (const [name, origin] of [
    ['has a name that does not resolve', 'http://does-not-exist.invalid'],
    ['has an address that nobody answers at', 'http://192.0.2.1'],
  ]) {
    test(name, () => refusalFrom(origin))
  }
})

describe('an endpoint with an unusual but valid answer', () => {
  for (const type of [
    'application/json',
    'application/jwk-set+json; charset=utf-8',
    'text/plain',
    'text/html',
    'application/octet-stream',
    'application/json; charset=utf-16',
    'nonsense',
    '',
  ]) {
    test(`is believed with Content-Type "${type}"`, async (t) => {
      await acceptedFrom((await withServer(t, write(response(200, keySet, { 'Content-Type': type })))).origin)
    })
  }

  for (const [name, answer] of [
    ['no content type', () => response(200, keySet)],
    ['exactly 256 KiB', () => response(200, keySet.padEnd(MAX_BODY_BYTES))],
    ['100 keys', () => response(200, manyKeys(100))],
    ['early hints first', () => `HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n${response(200, keySet)}`],
    [
      'an entry nested without sense',
      () => response(200, `{"keys":[${'['.repeat(5e4)}${']'.repeat(5e4)},${keySet.slice(9)}`),
    ],
  ]) {
    test(`is believed: ${name}`, async (t) => acceptedFrom((await withServer(t, write(answer()))).origin))
  }

  test('is believed over HTTP/1.0, where the end of the connection ends the body', async (t) => {
    const server = await withServer(t, writeAndEnd(`HTTP/1.0 200 OK\r\n\r\n${keySet}`))
    await acceptedFrom(server.origin)
  })

  test('is believed if it has only an IPv6 address', async (t) => {
    const addresses = Object.values(networkInterfaces()).flat()
    if (!addresses.some(({ address }) => address === '::1')) return t.skip('this machine has no ::1')
    await acceptedFrom((await withServer(t, write(response(200, keySet)), '::1')).origin)
  })

  test('is believed at a name with two addresses of which one may refuse', async (t) => {
    const { port } = await withServer(t, write(response(200, keySet)))
    await acceptedFrom(`http://localhost:${port}`)
  })
})

describe('the proxy that the environment variables name', () => {
  const USER = { userId: 'user-1' }
  const far = 'http://tenant.invalid:3001'
  const farAsked = /^GET http:\/\/tenant\.invalid:3001\/oidc\/jwks HTTP\/1\.1\r\n/
  for (const [name, origin, variables, expected, asked] of [
    ['is used with HTTP_PROXY', far, (url) => ({ HTTP_PROXY: url }), USER, farAsked],
    ['is used with http_proxy', far, (url) => ({ http_proxy: url }), USER, farAsked],
    ['is used with ALL_PROXY', far, (url) => ({ ALL_PROXY: url }), USER, farAsked],
    ['is used for names that NO_PROXY does not list', far, (url) => ({ HTTP_PROXY: url, NO_PROXY: 'a.invalid' }), USER],
    [
      'receives the credentials of its URL',
      far,
      (url) => ({ HTTP_PROXY: url.replace('//', '//me:secret@') }),
      USER,
      /basic bWU6c2VjcmV0/i,
    ],
    [
      'tunnels https',
      'https://t.invalid',
      (url) => ({ HTTPS_PROXY: url }),
      { code: 'jwks_unavailable' },
      /^CONNECT t.invalid:443 /,
    ],
    [
      'is not used for addresses that NO_PROXY lists',
      null,
      (url) => ({ HTTP_PROXY: url, NO_PROXY: '127.0.0.1' }),
      USER,
      null,
    ],
    [
      'is not used for a network that NO_PROXY lists',
      null,
      (url) => ({ HTTP_PROXY: url, NO_PROXY: '127.0.0.0/8' }),
      USER,
      null,
    ],
    ['is not used for http if only HTTPS_PROXY is set', null, (url) => ({ HTTPS_PROXY: url }), USER, null],
  ]) {
    test(name, async (t) => {
      const proxy = await withServer(t, (socket, head) => {
        socket.end(head.startsWith('CONNECT') ? response(502) : response(200, keySet))
      })
      const { reason, ...outcome } = await verifyInChild(
        trial.token,
        trial.optionsFor(origin ?? trial.logtoUrl),
        variables(proxy.origin),
      )
      assert.deepEqual(outcome, expected, reason)
      assert.equal(proxy.requests.length, asked === null ? 0 : 1)
      if (asked) assert.match(proxy.requests[0], asked)
    })
  }
})
