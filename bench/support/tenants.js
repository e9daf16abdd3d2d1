'use strict'

const { once } = require('node:events')
const { createServer } = require('node:http')
const { createKey } = require('./keys')

const AUDIENCE = 'https://api.example.com'

/** A server on loopback that has the key sets of any number of tenants, each at a path of its own. */
async function startTenants() {
  const keySets = new Map()
  const server = createServer((req, res) => {
    res.setHeader('Content-Type', 'application/json').end(keySets.get(req.url))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${server.address().port}`

  return {
    /** Adds a tenant. Returns the tenant as verifiers see it, and its private keys. */
    add(alg, keyCount) {
      const keys = Array.from({ length: keyCount }, () => createKey(alg))
      // All paths have the same length, so that all tokens do.
      const path = `/tenant-${String(keySets.size).padStart(4, '0')}`
      keySets.set(`${path}/oidc/jwks`, JSON.stringify({ keys: keys.map((key) => key.jwk) }))
      const logtoUrl = origin + path
      const tenant = { alg, logtoUrl, issuer: `${logtoUrl}/oidc`, jwksUri: `${logtoUrl}/oidc/jwks`, audience: AUDIENCE }
      return { tenant, keys }
    },

    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

module.exports = { startTenants }
