'use strict'

const assert = require('node:assert/strict')
const { createServer } = require('node:http')
const { describe, test } = require('node:test')
const { resourceMetadata } = require('logto-authkit/mcp')
const express4 = require('express-4')
const express5 = require('express')
const { startExpress } = require('./support/express-app')

const WELL_KNOWN = '/.well-known/oauth-protected-resource'
const GOOD = { logtoUrl: 'https://tenant.example', resource: 'https://api.example/mcp' }

/** Wrong options. Rows: [the option, its wrong values…]. */
const WRONG = [
  ['logtoUrl', undefined, '', 'tenant.example', 'https://tenant.example/oidc/jwks', [], ['https://a.example', '']],
  ['issuer', '', [], ['a'], 5, null, 'https://user:secret@tenant.example'],
  ['resource', undefined, null, '', ' ', 5, 'mcp', '/mcp', 'urn:mcp', 'ftp://api.example/mcp', new URL(GOOD.resource)],
  ['resource', 'https://api.example/mcp#', 'https://api.example/#secret', 'https://user:secret@api.example/mcp'],
  ['resource', ' https://api.example/mcp', 'https://api.example/m\ncp', ['https://api.example/mcp']],
  ['scopes', '', ' ', [], [''], ['a', undefined], 'a"b', 5, null],
  ['resourceName', '', ' ', 5, null],
  ['resourceDocumentation', '', 'docs', 'javascript:alert(1)', 5, null],
  ['scope', 'notes:read'],
  ['audience', 'https://api.example/mcp'],
]

/** Rows: [the resource, its document’s URL, the paths that are served]. */
const PLACES = [
  ['https://api.example/mcp', `https://api.example${WELL_KNOWN}/mcp`, [`${WELL_KNOWN}/mcp`, WELL_KNOWN]],
  ['https://api.example', `https://api.example${WELL_KNOWN}`, [WELL_KNOWN]],
  ['https://api.example/', `https://api.example${WELL_KNOWN}`, [WELL_KNOWN]],
  ['http://127.0.0.1:3000/a/b', `http://127.0.0.1:3000${WELL_KNOWN}/a/b`, [`${WELL_KNOWN}/a/b`, WELL_KNOWN]],
  ['https://api.example/mcp/', `https://api.example${WELL_KNOWN}/mcp/`, [`${WELL_KNOWN}/mcp/`, WELL_KNOWN]],
  ['https://api.example/mcp?v=1', `https://api.example${WELL_KNOWN}/mcp?v=1`, [`${WELL_KNOWN}/mcp`, WELL_KNOWN]],
]

describe('resourceMetadata', () => {
  for (const [option, ...values] of WRONG) {
    test(`refuses a wrong ${option} by name and without its value`, () => {
      for (const value of values) {
        assert.throws(
          () => resourceMetadata({ ...GOOD, [option]: value }),
          ({ code, message }) => {
            assert.equal(code, 'options_invalid')
            assert.match(message, new RegExp(`^Invalid option ${option}: `))
            return !message.includes('secret')
          },
          String(value),
        )
      }
    })
  }

  test('refuses what is no object', () => {
    for (const options of [undefined, null, 'https://api.example']) {
      assert.throws(() => resourceMetadata(options), { code: 'options_invalid' })
    }
  })

  test('makes the document of RFC 9728, with what it was told', () => {
    const { document } = resourceMetadata({
      ...GOOD,
      scopes: 'notes:read notes:list',
      resourceName: 'Notes',
      resourceDocumentation: 'https://api.example/docs',
    })
    assert.deepEqual(document, {
      resource: 'https://api.example/mcp',
      authorization_servers: ['https://tenant.example/oidc'],
      scopes_supported: ['notes:read', 'notes:list'],
      bearer_methods_supported: ['header'],
      resource_name: 'Notes',
      resource_documentation: 'https://api.example/docs',
    })
  })

  test('leaves out what it was not told', () => {
    const given = { ...GOOD, scopes: undefined, issuer: undefined, resourceName: undefined }
    for (const options of [GOOD, given]) {
      assert.deepEqual(resourceMetadata(options).document, {
        resource: 'https://api.example/mcp',
        authorization_servers: ['https://tenant.example/oidc'],
        bearer_methods_supported: ['header'],
      })
    }
  })

  test('names as authorization servers the issuers that tokens have', () => {
    const serversOf = (changes) => resourceMetadata({ ...GOOD, ...changes }).document.authorization_servers
    assert.deepEqual(serversOf({ logtoUrl: 'https://tenant.example/oidc/' }), ['https://tenant.example/oidc'])
    assert.deepEqual(serversOf({ issuer: 'https://auth.example/oidc' }), ['https://auth.example/oidc'])
    const several = ['https://a.example/', 'https://b.example']
    assert.deepEqual(serversOf({ logtoUrl: several }), ['https://a.example/oidc', 'https://b.example/oidc'])
    assert.deepEqual(several, ['https://a.example/', 'https://b.example'])
  })

  test('repeats the resource as it was given, since it is compared character by character', () => {
    for (const resource of ['https://api.example', 'https://API.example:443/a/../mcp?a"b']) {
      assert.equal(resourceMetadata({ ...GOOD, resource }).document.resource, resource)
    }
  })

  test('cannot be changed', () => {
    const { document } = resourceMetadata({ ...GOOD, scopes: 'a' })
    const changes = [
      () => Object.assign(document, { resource: 'https://evil.example' }),
      () => document.authorization_servers.push('https://evil.example'),
      () => document.scopes_supported.push('b'),
    ]
    for (const change of changes) assert.throws(change, TypeError)
  })

  for (const [resource, url, paths] of PLACES) {
    test(`has the document of ${resource} where RFC 9728 section 3.1 says`, () => {
      const metadata = resourceMetadata({ ...GOOD, resource })
      assert.deepEqual([metadata.url, metadata.path, metadata.paths], [url, paths[0], paths])
    })
  }
})

/** Each handler, as a function that asks it. */
const HANDLERS = {
  fetchHandler: async () => {
    const { fetchHandler } = resourceMetadata(GOOD)
    return { ask: async (path, init) => fetchHandler(new Request(`https://api.example${path}`, init)) }
  },
  'expressHandler in Express 5': () => inExpress(express5),
  'expressHandler in Express 4': () => inExpress(express4),
  'expressHandler under node:http': async () => {
    const { expressHandler } = resourceMetadata(GOOD)
    const server = createServer((req, res) => expressHandler(req, res, () => res.writeHead(404).end()))
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${server.address().port}`
    return {
      ask: (path, init) => fetch(url + path, init),
      close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
    }
  },
}

async function inExpress(express) {
  const app = await startExpress((app) => {
    app.use(resourceMetadata(GOOD).expressHandler)
    app.use((_req, res) => res.status(404).end())
  }, express)
  return { ask: (path, init) => fetch(app.url + path, init), close: app.close }
}

for (const [name, start] of Object.entries(HANDLERS)) {
  describe(name, () => {
    const ask = async (t, ...args) => {
      const { ask, close } = await start()
      if (close) t.after(close)
      return ask(...args)
    }

    for (const path of [`${WELL_KNOWN}/mcp`, `${WELL_KNOWN}/mcp/`, `${WELL_KNOWN}/mcp?a=b`, WELL_KNOWN]) {
      test(`serves the document at ${path}, to pages of every origin`, async (t) => {
        const response = await ask(t, path)
        assert.equal(response.status, 200)
        assert.match(response.headers.get('Content-Type'), /^application\/json/)
        assert.equal(response.headers.get('Access-Control-Allow-Origin'), '*')
        assert.deepEqual(await response.json(), resourceMetadata(GOOD).document)
      })
    }

    for (const path of ['/', '/mcp', `${WELL_KNOWN}/other`, `${WELL_KNOWN}s`, `${WELL_KNOWN}/mcp/deeper`]) {
      test(`does not serve it at ${path}`, async (t) => {
        assert.equal((await ask(t, path)).status, 404)
      })
    }

    test('answers HEAD without the document', async (t) => {
      const response = await ask(t, WELL_KNOWN, { method: 'HEAD' })
      assert.deepEqual([response.status, await response.text()], [200, ''])
      assert.match(response.headers.get('Content-Type'), /^application\/json/)
    })

    test('answers the question that browsers ask before they send a header of the client', async (t) => {
      const response = await ask(t, WELL_KNOWN, { method: 'OPTIONS' })
      assert.equal(response.status, 204)
      assert.equal(response.headers.get('Access-Control-Allow-Origin'), '*')
      assert.equal(response.headers.get('Access-Control-Allow-Methods'), 'GET, HEAD, OPTIONS')
      assert.equal(response.headers.get('Access-Control-Allow-Headers'), '*')
    })

    for (const method of ['POST', 'PUT', 'DELETE']) {
      test(`answers ${method} with 405`, async (t) => {
        const response = await ask(t, WELL_KNOWN, { method })
        assert.equal(response.status, 405)
        assert.equal(response.headers.get('Allow'), 'GET, HEAD, OPTIONS')
        assert.equal(response.headers.get('Access-Control-Allow-Origin'), '*')
      })
    }
  })
}

test('two resources of one app each have their document; the bare path has that of the first', async (t) => {
  const app = await startExpress((app) => {
    app.use(resourceMetadata(GOOD).expressHandler)
    app.use(resourceMetadata({ ...GOOD, resource: 'https://api.example/other' }).expressHandler)
  })
  t.after(app.close)
  const resourceAt = async (path) => (await (await app.get(WELL_KNOWN + path)).json()).resource
  assert.equal(await resourceAt('/mcp'), 'https://api.example/mcp')
  assert.equal(await resourceAt('/other'), 'https://api.example/other')
  assert.equal(await resourceAt(''), 'https://api.example/mcp')
})
