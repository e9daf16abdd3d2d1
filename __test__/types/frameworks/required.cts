// The adapters required from a CommonJS module, all at once.
import fastify = require('logto-authkit/fastify')
import hono = require('logto-authkit/hono')
import koa = require('logto-authkit/koa')

const options = { logtoUrl: 'https://tenant.logto.app', audience: 'https://api.example.com' }

export = { plugin: fastify.logtoAuth, middlewares: [koa.logtoAuth(options)], handlers: [hono.logtoAuth(options)] }
