'use strict'

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const cookieParser = require('cookie-parser')
const { createExpressAuthMiddleware, requireScopes } = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')
const { startExpress } = require('./support/express-app')

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const GUEST = 'guest_logto_authtoken'

for (const version of ['express', 'express-4']) {
  describe(`createExpressAuthMiddleware on ${version}`, () => {
    const express = require(version)
    let issuer
    before(async () => {
      issuer = await createTestIssuer()
    })
    after(() => issuer.close())

    /** An app whose one route echoes `req.auth`, behind the middleware. */
    const start = async (t, options = {}, ...others) => {
      const app = await startExpress((app) => {
        app.use(...others, createExpressAuthMiddleware({ ...issuer.options, ...options }))
        app.get('/', (req, res) => res.json(req.auth))
      }, express)
      t.after(app.close)
      return app
    }

    test('sets req.auth from the cookie, with and without cookie-parser', async (t) => {
      const cookie = `logto_authtoken=${issuer.issueToken()}`
      for (const others of [[], [cookieParser()]]) {
        const app = await start(t, {}, ...others)
        const auth = await (await app.get('/', { cookie })).json()
        assert.deepEqual([auth.userId, auth.isAuthenticated, auth.isGuest], ['user-1', true, false])
      }
    })

    test('does not call the route for a refused request', async (t) => {
      const app = await start(t)
      const response = await app.get('/')
      assert.equal(response.status, 401)
      assert.match(response.headers.get('content-type'), /^application\/json/)
    })

    test('stores a fresh guest id, and keeps the id that the cookie brings back', async (t) => {
      const app = await start(t, { allowGuest: true })
      const first = await app.get('/')
      const guest = await first.json()
      assert.deepEqual(guest, {
        userId: null,
        isAuthenticated: false,
        payload: null,
        isGuest: true,
        guestId: guest.guestId,
      })
      assert.match(guest.guestId, UUID_V4)
      const [cookie, ...attributes] = first.headers.getSetCookie()[0].split('; ')
      assert.equal(cookie, `${GUEST}=${guest.guestId}`)
      assert.deepEqual(attributes.sort(), ['Max-Age=604800', 'Path=/', 'SameSite=Lax'])

      const second = await app.get('/', { cookie })
      assert.equal((await second.json()).guestId, guest.guestId)
      assert.deepEqual(second.headers.getSetCookie(), [])
    })

    test('marks the guest cookie Secure on https, and keeps the cookies that were set before', async (t) => {
      const setAnother = (req, res, next) => {
        req.app.set('trust proxy', true)
        res.setHeader('Set-Cookie', 'a=b')
        next()
      }
      const app = await start(t, { allowGuest: true }, setAnother)
      const response = await app.get('/', { 'x-forwarded-proto': 'https' })
      const [another, guest] = response.headers.getSetCookie()
      assert.equal(another, 'a=b')
      assert.match(guest, /; Secure/)
    })

    test('keeps a response with a fresh guest id out of shared caches, unless the app has decided', async (t) => {
      const app = await startExpress((app) => {
        const guard = createExpressAuthMiddleware({ ...issuer.options, allowGuest: true })
        const cached = (_req, res, next) => res.set('Cache-Control', 'public, max-age=60') && next()
        app.get('/', guard, (_req, res) => res.json('hello'))
        app.get('/before', cached, guard, (_req, res) => res.json('hello'))
        app.get('/after', guard, cached, (_req, res) => res.json('hello'))
      }, express)
      t.after(app.close)
      const first = await app.get('/')
      assert.equal(first.headers.get('cache-control'), 'private')
      const [cookie] = first.headers.getSetCookie()[0].split(';')
      assert.equal((await app.get('/', { cookie })).headers.get('cache-control'), null)
      for (const path of ['/before', '/after']) {
        assert.equal((await app.get(path)).headers.get('cache-control'), 'public, max-age=60')
      }
    })

    test('makes a guest of a bad token, a missing scope and an outage', async (t) => {
      const authorization = `Bearer ${issuer.issueToken()}`
      const cases = [
        [{}, { authorization: 'Bearer garbage' }],
        [{ requiredScope: 'admin:write' }, { authorization }],
        [{ jwksUri: 'http://127.0.0.1:9/jwks' }, { authorization }],
      ]
      for (const [options, headers] of cases) {
        const app = await start(t, { allowGuest: true, ...options })
        const guest = await (await app.get('/', headers)).json()
        assert.deepEqual([guest.isGuest, guest.userId], [true, null])
      }
    })

    test('hands the error to onError in place of the default response', async (t) => {
      const onError = (error, req, res, next) => {
        if (error.code === 'scope_missing') return res.status(418).json({ path: req.path })
        next()
      }
      const app = await start(t, { onError, requiredScope: 'admin:write' })
      const denied = await app.get('/', { authorization: `Bearer ${issuer.issueToken()}` })
      assert.equal(denied.status, 418)
      assert.deepEqual(await denied.json(), { path: '/' })
      assert.equal((await app.get('/')).status, 200, 'onError may go on')
    })

    test('passes an error that onError throws to next(err), as a programming error', async (t) => {
      for (const onError of [
        () => {
          throw new Error('a bug')
        },
        () => Promise.reject(new Error('a bug')),
      ]) {
        const app = await start(t, { onError })
        assert.equal((await app.get('/')).status, 599)
        assert.equal(app.errors[0].message, 'a bug')
      }
    })

    test("gives Express's own error handling what it answers with: status and headers", async (t) => {
      const onError = (error, _req, _res, next) => next(error)
      const down = await createTestIssuer()
      await down.close()
      const app = express().set('env', 'test') // Then Express prints no errors.
      app.get('/', createExpressAuthMiddleware({ ...issuer.options, onError, requiredScope: 'admin:write' }))
      app.get('/down', createExpressAuthMiddleware({ ...down.options, onError }))
      const server = app.listen(0)
      t.after(() => server.close())
      const get = async (path, token) => {
        const headers = { connection: 'close', ...(token && { authorization: `Bearer ${token}` }) }
        const response = await fetch(`http://localhost:${server.address().port}${path}`, { headers })
        return [response.status, response.headers.get('www-authenticate'), response.headers.get('retry-after')]
      }
      assert.deepEqual(await get('/'), [401, 'Bearer', null])
      const [status, challenge] = await get('/', issuer.issueToken())
      assert.equal(status, 403)
      assert.match(challenge, /^Bearer error="insufficient_scope", .*, scope="admin:write"$/)
      const outage = await get('/down', down.issueToken())
      assert.deepEqual(outage.slice(0, 2), [503, null])
      assert.match(outage[2], /^[1-9]\d*$/)
    })

    test('guards routes whose handlers require further scopes', async (t) => {
      const app = await startExpress((app) => {
        app.get('/', createExpressAuthMiddleware(issuer.options), (req, res, next) => {
          try {
            requireScopes(req.auth, 'admin:write')
            res.json('let in')
          } catch (error) {
            next(error)
          }
        })
      }, express)
      t.after(app.close)
      assert.equal((await app.get('/', { authorization: `Bearer ${issuer.issueToken()}` })).status, 599)
      assert.equal(app.errors[0].code, 'scope_missing')
    })
  })
}
