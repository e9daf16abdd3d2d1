'use strict'

const { once } = require('node:events')
const http = require('node:http')
const https = require('node:https')
const { startAuthorities } = require('../../__test__/support/certificates')
const { createKey } = require('./keys')

const AUDIENCE = 'https://api.example.com'

/**
 * A server on loopback that has the key sets of any number of tenants, each at a path of its own.
 *
 * @param {boolean} isTls whether over TLS; `env` is then what makes a process of Node.js trust its authority
 */
async function startTenants(isTls) {
  const keySets = new Map()
  const answer = (req, res) => res.setHeader('Content-Type', 'application/json').end(keySets.get(req.url))
  const authorities = isTls ? await startAuthorities() : undefined
  const env = isTls ? { NODE_EXTRA_CA_CERTS: await authorities.createAuthority('bench') } : {}
  const server = isTls
    ? https.createServer(await authorities.issue('bench', 'IP:127.0.0.1'), answer)
    : http.createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `${isTls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`

  return {
    env,

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

    async close() {
      await authorities?.close()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

module.exports = { startTenants }
