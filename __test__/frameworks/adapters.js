'use strict'

const assert = require('node:assert/strict')
const { once } = require('node:events')
const { test } = require('node:test')

/**
 * Each adapter in an app with one route, which answers with the context. The app sets a cookie of its own before the
 * guard, trusts a proxy, and answers 599 to a thrown error. `cacheControl`: what the route sets, if anything.
 */
const ADAPTERS = {
  fastify: {
    async start(load, options, cacheControl) {
      const { logtoAuth } = load('logto-authkit/fastify')
      const reached = []
      const app = load('fastify')({ trustProxy: true })
      app.addHook('onRequest', async (_request, reply) => reply.header('set-cookie', 'a=b') && undefined)
      app.setErrorHandler((error, _request, reply) => reply.code(599).send({ message: error.message }))
      app.register(logtoAuth, options)
      app.get('/', async (request, reply) => {
        reached.push(request.auth)
        if (cacheControl !== undefined) reply.header('cache-control', cacheControl)
        return request.auth
      })
      await app.listen({ port: 0, host: '127.0.0.1' })
      return { reached, get: overHttp(app.server), close: () => app.close() }
    },
    headerOf: (request, name) => request.headers[name],
    forbid: (error, request, reply) => reply.code(418).send({ code: error.code, method: request.method }),
  },
  hono: {
    async start(load, options, cacheControl) {
      const { logtoAuth } = load('logto-authkit/hono')
      const reached = []
      const app = new (load('hono').Hono)()
      app.onError((error, c) => c.json({ message: error.message }, 599))
      app.use(async (c, next) => {
        c.header('set-cookie', 'a=b')
        await next()
      })
      app.use(logtoAuth(options))
      app.get('/', (c) => {
        reached.push(c.get('auth'))
        return c.json(c.get('auth'), 200, cacheControl === undefined ? {} : { 'cache-control': cacheControl })
      })
      const get = ({ scheme = 'http', ...headers } = {}) => app.request(`${scheme}://localhost/`, { headers })
      return { reached, get, close: () => {} }
    },
    headerOf: (request, name) => request.headers.get(name),
    forbid: (error, c) => c.json({ code: error.code, method: c.req.method }, 418),
    goOn: (_error, _c, next) => next(),
  },
  koa: {
    async start(load, options, cacheControl) {
      const { logtoAuth } = load('logto-authkit/koa')
      const reached = []
      const app = new (load('koa'))({ proxy: true })
      app.use(async (ctx, next) => {
        ctx.set('Set-Cookie', 'a=b')
        try {
          await next()
        } catch ({ message }) {
          ctx.status = 599
          ctx.body = { message }
        }
      })
      app.use(logtoAuth(options))
      app.use((ctx) => {
        reached.push(ctx.state.auth)
        if (cacheControl !== undefined) ctx.set('Cache-Control', cacheControl)
        ctx.body = { ...ctx.state.auth }
      })
      const server = app.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return { reached, get: overHttp(server), close: () => server.close() }
    },
    headerOf: (request, name) => request.get(name),
    forbid: (error, ctx) => {
      ctx.status = 418
      ctx.body = { code: error.code, method: ctx.method }
    },
    goOn: (_error, _ctx, next) => next(),
  },
}

function overHttp(server) {
  return ({ scheme = 'http', ...headers } = {}) => {
    return fetch(`http://127.0.0.1:${server.address().port}/`, {
      headers: { 'x-forwarded-proto': scheme, connection: 'close', ...headers },
    })
  }
}

/** Apps that leave errors to the error handling of their framework, which follows http-errors. */
const WITH_OWN_HANDLING = {
  fastify: async (load, options) => {
    const app = load('fastify')()
    app.register(load('logto-authkit/fastify').logtoAuth, options)
    app.get('/', async () => 'let in')
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { get: overHttp(app.server), close: () => app.close() }
  },
  koa: async (load, options) => {
    const app = new (load('koa'))()
    app.silent = true
    app.use(load('logto-authkit/koa').logtoAuth(options))
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return { get: overHttp(server), close: () => server.close() }
  },
}

function testAdapters(world) {
  for (const [name, start] of Object.entries(WITH_OWN_HANDLING)) {
    test(`for ${name} gives the framework's own error handling what it answers with: status and headers`, async (t) => {
      const onError = (error) => {
        throw error
      }
      const ask = async (options, headers) => {
        const app = await start(world.load, { ...options, onError })
        t.after(app.close)
        const response = await app.get(headers)
        return [response.status, response.headers.get('www-authenticate'), response.headers.get('retry-after')]
      }
      const bearer = { authorization: `Bearer ${await world.tenant.issue()}` }
      assert.deepEqual(await ask(world.tenant.options), [401, 'Bearer', null])
      const [status, challenge] = await ask({ ...world.tenant.options, requiredScope: 'admin:write' }, bearer)
      assert.equal(status, 403)
      assert.match(challenge, /^Bearer error="insufficient_scope", .*, scope="admin:write"$/)
      const outage = await ask({ ...world.tenant.options, jwksUri: 'http://127.0.0.1:9' }, bearer)
      assert.deepEqual(outage.slice(0, 2), [503, null])
      assert.match(outage[2], /^[1-9]\d*$/)
    })
  }

  for (const [name, adapter] of Object.entries(ADAPTERS)) {
    const start = async (t, options) => {
      const app = await adapter.start(world.load, { ...world.tenant.options, ...options })
      t.after(app.close)
      return app
    }
    const bearer = async (changes) => ({ authorization: `Bearer ${await world.tenant.issue(changes)}` })

    test(`for ${name} gives the route the context of the request`, async (t) => {
      const app = await start(t)
      const auth = await (await app.get(await bearer())).json()
      assert.deepEqual([auth.userId, auth.isAuthenticated, auth.isGuest], ['user-1', true, false])
      assert.equal(auth.payload.scope, 'read:things write:things')
    })

    test(`for ${name} does not reach the route for a refused request`, async (t) => {
      const app = await start(t, { requiredScope: 'admin:write' })
      for (const [status, headers] of [
        [401, {}],
        [401, { authorization: 'Bearer garbage' }],
        [403, await bearer()],
      ]) {
        assert.equal((await app.get(headers)).status, status)
      }
      assert.deepEqual(app.reached, [])
    })

    test(`for ${name} refuses wrong options at the app's start`, async (t) => {
      for (const [option, options] of Object.entries({
        audience: { audience: undefined },
        requiredScopes: { requiredScopes: 'admin:write' },
      })) {
        const refused = (error) => error.code === 'options_invalid' && error.details.option === option
        await assert.rejects(start(t, options), refused)
      }
    })

    test(`for ${name} asks for the organization that the request is about, and then for the app's own check`, async (t) => {
      const bug = new Error('a bug')
      const app = await start(t, {
        organization: async (request) => adapter.headerOf(request, 'x-organization'),
        check: (auth, request) => {
          if (adapter.headerOf(request, 'x-check') === 'throws') throw bug
          return adapter.headerOf(request, 'x-check') === auth.userId
        },
        allowGuest: false,
      })
      const token = await bearer({ claims: { organization_id: 'org-1' } })
      for (const [status, code, headers] of [
        [200, undefined, { 'x-organization': 'org-1', 'x-check': 'user-1' }],
        [403, 'check_failed', { 'x-organization': 'org-1', 'x-check': 'user-2' }],
        [403, 'organization_invalid', { 'x-organization': 'org-2', 'x-check': 'user-1' }],
        [403, 'organization_invalid', { 'x-check': 'throws' }],
      ]) {
        const response = await app.get({ ...token, ...headers })
        const { code: found } = await response.json()
        assert.deepEqual([response.status, found], [status, code])
      }
      const failed = await app.get({ ...token, 'x-organization': 'org-1', 'x-check': 'throws' })
      assert.deepEqual([failed.status, await failed.json()], [599, { message: 'a bug' }])
      assert.equal(app.reached.length, 1)
    })

    test(`for ${name} calls onError in place of the default response`, async (t) => {
      const app = await start(t, { onError: adapter.forbid, requiredScope: 'admin:write' })
      const response = await app.get(await bearer())
      assert.equal(response.status, 418)
      assert.deepEqual(await response.json(), { code: 'scope_missing', method: 'GET' })
      assert.equal(response.headers.get('www-authenticate'), null)
      assert.deepEqual(app.reached, [])
    })

    test(`for ${name} passes an error that onError throws to the app's error handler`, async (t) => {
      for (const onError of [
        () => {
          throw new Error('a bug')
        },
        () => Promise.reject(new Error('a bug')),
      ]) {
        const app = await start(t, { onError })
        const response = await app.get()
        assert.deepEqual([response.status, await response.json()], [599, { message: 'a bug' }])
        assert.deepEqual(app.reached, [])
      }
    })

    if (adapter.goOn !== undefined) {
      test(`for ${name} lets onError call next, without a context`, async (t) => {
        const app = await start(t, { onError: adapter.goOn })
        assert.equal((await app.get()).status, 200)
        assert.deepEqual(app.reached, [undefined])
      })

      test(`for ${name} does not reach the route if onError does nothing`, async (t) => {
        const app = await start(t, { onError: () => {} })
        assert.notEqual((await app.get()).status, 200)
        assert.deepEqual(app.reached, [])
      })
    }

    test(`for ${name} keeps a response with a fresh guest id out of shared caches, unless the app has decided`, async (t) => {
      for (const [cacheControl, expected] of [
        [undefined, 'private'],
        ['public, max-age=60', 'public, max-age=60'],
      ]) {
        const app = await adapter.start(world.load, { ...world.tenant.options, allowGuest: true }, cacheControl)
        t.after(app.close)
        const first = await app.get()
        assert.equal(first.headers.get('cache-control'), expected)
        const cookie = first.headers.getSetCookie()[1].split(';')[0]
        assert.equal((await app.get({ cookie })).headers.get('cache-control'), cacheControl ?? null)
      }
    })

    test(`for ${name} adds the guest's cookie beside other cookies, Secure on https, and only once`, async (t) => {
      const app = await start(t, { allowGuest: true })
      for (const scheme of ['http', 'https']) {
        const response = await app.get({ scheme })
        const { guestId } = await response.json()
        const [another, guest, ...more] = response.headers.getSetCookie()
        const [cookie, ...attributes] = guest.split('; ')
        assert.deepEqual([another, cookie, more], ['a=b', `guest_logto_authtoken=${guestId}`, []])
        const secure = scheme === 'https' ? ['Secure'] : []
        assert.deepEqual(attributes.sort(), ['Max-Age=604800', 'Path=/', 'SameSite=Lax', ...secure])

        const again = await app.get({ scheme, cookie })
        assert.equal((await again.json()).guestId, guestId)
        assert.deepEqual(again.headers.getSetCookie(), ['a=b'])
      }
    })
  }
}

module.exports = { testAdapters }
