'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')

function testFastify(world) {
  /** Starts an app that `mount` sets up. Returns a function that gets a user's id, null, or the status of a refusal. */
  const start = async (t, mount) => {
    const app = world.load('fastify')()
    t.after(() => app.close())
    mount(app, world.load('logto-authkit/fastify').logtoAuth)
    await app.ready()
    return async (url, headers = {}) => {
      const { statusCode, body } = await app.inject({ url, headers })
      return statusCode === 200 ? JSON.parse(body).userId : statusCode
    }
  }
  const echo = async ({ auth }) => ({ userId: auth?.userId ?? null })
  const bearer = async (changes) => ({ authorization: `Bearer ${await world.tenant.issue(changes)}` })

  test('guards all routes of its scope, registered before or after it, and no others', async (t) => {
    const ask = await start(t, (app, logtoAuth) => {
      app.get('/open', echo)
      app.register(async (scope) => {
        scope.get('/before', echo)
        scope.register(logtoAuth, world.tenant.options)
        scope.get('/after', echo)
        scope.register(async (inner) => inner.get('/within', echo))
      })
      app.register(async (sibling) => sibling.get('/sibling', echo))
    })
    for (const url of ['/before', '/after', '/within']) {
      assert.equal(await ask(url), 401, url)
      assert.equal(await ask(url, await bearer()), 'user-1', url)
    }
    for (const url of ['/open', '/sibling']) assert.equal(await ask(url, await bearer()), null, url)
  })

  test('guards the whole app if it is registered in the app, paths without a route included', async (t) => {
    const ask = await start(t, (app, logtoAuth) => {
      app.register(logtoAuth, world.tenant.options)
      app.register(async (scope) => scope.get('/within', echo), { prefix: '/api' })
    })
    assert.deepEqual([await ask('/api/within'), await ask('/nowhere')], [401, 401])
    assert.deepEqual([await ask('/api/within', await bearer()), await ask('/nowhere', await bearer())], ['user-1', 404])
  })

  test('requires more in a scope within a scope that it already guards', async (t) => {
    const ask = await start(t, (app, logtoAuth) => {
      app.register(logtoAuth, world.tenant.options)
      app.get('/me', echo)
      app.register(async (admins) => {
        admins.register(logtoAuth, { ...world.tenant.options, requiredScope: 'admin:write' })
        admins.get('/admin', echo)
      })
    })
    const admin = await bearer({ claims: { scope: 'admin:write' } })
    assert.deepEqual([await ask('/me', await bearer()), await ask('/admin', await bearer())], ['user-1', 403])
    assert.equal(await ask('/admin', admin), 'user-1')
  })

  test('finds the cookie without @fastify/cookie, and registered before or after @fastify/cookie', async (t) => {
    const cookies = world.load('@fastify/cookie')
    const mounts = [
      (app, logtoAuth) => app.register(logtoAuth, world.tenant.options),
      (app, logtoAuth) => app.register(cookies).register(logtoAuth, world.tenant.options),
      (app, logtoAuth) => app.register(logtoAuth, world.tenant.options).register(cookies),
    ]
    for (const mount of mounts) {
      const ask = await start(t, (app, logtoAuth) => mount(app, logtoAuth).get('/', echo))
      assert.equal(await ask('/', { cookie: `logto_authtoken=${await world.tenant.issue()}` }), 'user-1')
      assert.equal(await ask('/'), 401)
    }
  })

  test("keeps a guest's cookie beside those of @fastify/cookie", async (t) => {
    const app = world.load('fastify')()
    t.after(() => app.close())
    const { logtoAuth } = world.load('logto-authkit/fastify')
    app.register(world.load('@fastify/cookie')).register(logtoAuth, { ...world.tenant.options, allowGuest: true })
    app.get('/', async (_request, reply) => reply.setCookie('seen', 'yes').send('hello'))
    const names = (await app.inject('/')).cookies.map(({ name }) => name)
    assert.deepEqual(names.sort(), ['guest_logto_authtoken', 'seen'])
  })

  test('refuses a request before its body is read', async (t) => {
    const app = world.load('fastify')()
    t.after(() => app.close())
    app.register(world.load('logto-authkit/fastify').logtoAuth, world.tenant.options)
    app.post('/', echo)
    const payload = { method: 'POST', url: '/', headers: { 'content-type': 'application/json' }, payload: '{' }
    assert.equal((await app.inject(payload)).statusCode, 401)
    assert.equal(
      (await app.inject({ ...payload, headers: { ...payload.headers, ...(await bearer()) } })).statusCode,
      400,
    )
  })

  test('waits for an onError that answers later, and does not reach the route', async (t) => {
    let reached = false
    const onError = (error, _request, reply) => {
      setTimeout(() => reply.code(418).send(error.toJSON()), 20)
    }
    const ask = await start(t, (app, logtoAuth) => {
      app.register(logtoAuth, { ...world.tenant.options, onError })
      app.get('/', async () => {
        reached = true
        return 'let in'
      })
    })
    assert.deepEqual([await ask('/'), reached], [418, false])
  })

  test('does not start if another plugin has request.auth', async (t) => {
    const mount = (app, logtoAuth) => app.decorateRequest('auth', null).register(logtoAuth, world.tenant.options)
    await assert.rejects(start(t, mount), { code: 'FST_ERR_DEC_ALREADY_PRESENT' })
  })

  test('does not start with a prefix, since a prefix would not limit the guard', async (t) => {
    const mount = (app, logtoAuth) => app.register(logtoAuth, { ...world.tenant.options, prefix: '/api' })
    const isRefusal = ({ code, details }) => code === 'options_invalid' && details.option === 'prefix'
    await assert.rejects(start(t, mount), isRefusal)
  })
}

module.exports = { testFastify }
