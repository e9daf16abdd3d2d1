'use strict'

const BODY = JSON.stringify({ ok: true })
const HEADERS = { 'content-type': 'application/json', 'content-length': BODY.length }
const LOOPBACK = '127.0.0.1'

/**
 * Apps with one guarded route, in each framework: functions of a guard and of what to call at each request, that give the port.
 * A guard is `{ verify }`, a function from a request to a promise, or what the framework itself takes as one: `{ middleware }` for
 * Express and Hono, `{ plugin, options }` for Fastify.
 */
const FRAMEWORKS = { 'node:http': onNode, Fastify: onFastify, Hono: onHono, Express: onExpress }

function onNode({ verify }, count) {
  const server = require('node:http').createServer((req, res) => {
    count()
    verify(req).then(
      (auth) => {
        req.auth = auth
        res.writeHead(200, HEADERS).end(BODY)
      },
      () => res.writeHead(401).end(),
    )
  })
  return new Promise((resolve) => server.listen(0, LOOPBACK, () => resolve(server.address().port)))
}

async function onFastify({ verify, plugin, options }, count) {
  const app = require('fastify')()
  app.addHook('onRequest', (_request, _reply, done) => {
    count()
    done()
  })
  if (plugin) await app.register(plugin, options)
  else app.decorateRequest('auth', null).addHook('onRequest', hookWith(verify))
  app.get('/', async (_request, reply) => reply.headers(HEADERS).send(BODY))
  await app.listen({ port: 0, host: LOOPBACK })
  return app.server.address().port
}

function hookWith(verify) {
  return async (request, reply) => {
    try {
      request.auth = await verify(request)
    } catch {
      return reply.code(401).send()
    }
  }
}

function onHono({ verify, middleware = honoMiddleware(verify) }, count) {
  const { Hono } = require('hono')
  const { serve } = require('@hono/node-server')
  const app = new Hono()
  app.use((_c, next) => {
    count()
    return next()
  })
  app.get('/', middleware, (c) => c.body(BODY, 200, { 'content-type': 'application/json' }))
  return new Promise((resolve) => serve({ fetch: app.fetch, port: 0, hostname: LOOPBACK }, ({ port }) => resolve(port)))
}

function honoMiddleware(verify) {
  return async (c, next) => {
    try {
      c.set('auth', await verify({ headers: { cookie: c.req.header('cookie') } }))
    } catch {
      return c.body(null, 401)
    }
    await next()
  }
}

function onExpress({ verify, middleware = expressMiddleware(verify) }, count) {
  const app = require('express')()
  app.use((_req, _res, next) => {
    count()
    next()
  })
  app.get('/', middleware, (_req, res) => res.set(HEADERS).end(BODY))
  return new Promise((resolve) => {
    const server = app.listen(0, LOOPBACK, () => resolve(server.address().port))
  })
}

function expressMiddleware(verify) {
  return async (req, res, next) => {
    try {
      req.auth = await verify(req)
    } catch {
      return res.status(401).end()
    }
    next()
  }
}

module.exports = { FRAMEWORKS }
