'use strict'

const { readdirSync } = require('node:fs')
const express = require('express')
const { createExpressAuthMiddleware } = require('logto-authkit')

/** The Express app under load: `node app.js OPTIONS-JSON`. The path /stats tells its memory and open descriptors. */
const options = JSON.parse(process.argv[2])
const app = express()
app.get('/me', createExpressAuthMiddleware(options), (req, res) => res.json({ userId: req.auth.userId }))
app.get('/admin', createExpressAuthMiddleware({ ...options, requiredScope: 'admin:write' }), (_req, res) =>
  res.json({}),
)
const ofOrganization = createExpressAuthMiddleware({
  ...options,
  organization: async (req) => req.params.id,
  check: async (auth, req) => auth.isAuthenticated && req.method === 'GET',
})
app.get('/organizations/:id', ofOrganization, (req, res) => res.json({ userId: req.auth.userId }))
// Nobody listens at the other tenant's.
const ofTwoTenants = createExpressAuthMiddleware({ ...options, logtoUrl: [options.logtoUrl, 'http://127.0.0.1:9'] })
app.get('/tenants', ofTwoTenants, (req, res) => res.json({ userId: req.auth.userId }))
app.get('/feed', createExpressAuthMiddleware({ ...options, allowGuest: true }), (req, res) => res.json(req.auth))
app.get('/stats', (_req, res) => {
  res.json({ rss: process.memoryUsage.rss(), descriptors: readdirSync('/proc/self/fd').length })
})
const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port))
