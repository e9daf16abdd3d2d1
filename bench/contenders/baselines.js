'use strict'

const { execFileSync, spawnSync } = require('node:child_process')
const { join } = require('node:path')

/** Express without authentication: the rate that no guard can exceed. */
const bareApp = {
  name: 'no authentication',
  packages: ['express'],
  algorithms: ['ES384', 'ES256', 'RS256', 'EdDSA'],
  jobs: ['express'],
  isBaseline: true,
  guard: () => (_req, _res, next) => next(),
}

/** A server whose handler only reads the header that the token stands in. */
const noGuard = {
  ...bareApp,
  name: 'no guard',
  jobs: ['live'],
  live: () => ({ verify: async ({ headers }) => headers.cookie.length }),
}

/** The least that a guard does. One more property is costly, since each request of Express has its own hidden class. */
const storingAlone = {
  ...bareApp,
  name: 'storing req.auth alone',
  guard: () => (req, _res, next) => {
    req.auth = { isAuthenticated: true }
    next()
  },
}

/** The signature verification alone, without Node.js. Left out if cargo is not installed. */
const signatureAlone = {
  name: 'aws-lc alone',
  packages: [],
  algorithms: ['ES384', 'ES256', 'RS256', 'EdDSA'],
  jobs: ['first-sight'],
  isBaseline: true,
  isAvailable: () => spawnSync('cargo', ['--version']).status === 0,

  async rate({ jwksUri }, token, milliseconds) {
    const { keys } = await (await fetch(jwksUri)).json()
    const time = (times) => nanosecondsOfOne(JSON.stringify(keys[0]), token, times)
    return 1e9 / time(Math.ceil((milliseconds * 1e6) / time(100)))
  },
}

function nanosecondsOfOne(jwk, token, times) {
  const run = ['run', '--quiet', '--release', '--target', 'host-tuple', '--example', 'aws-lc-alone', '--']
  return Number(execFileSync('cargo', [...run, jwk, token, String(times)], { cwd: join(__dirname, '../..') }))
}

module.exports = { bareApp, noGuard, signatureAlone, storingAlone }
