'use strict'

const { randomBytes } = require('node:crypto')
const { invalidateJwksCache } = require('../jwks-cache')
const { invalid, refuseOthers } = require('../option-values')
const { readOptions } = require('../options')
const { claimsOf } = require('./claims')
const { startLoopback } = require('./loopback')
const { ALGORITHMS, SigningKey } = require('./signing-key')
const { deliveryOf } = require('./webhook')

const JWK_SET = 'application/jwk-set+json; charset=utf-8'

/** @type {typeof import('logto-authkit/testing').createTestIssuer} */
async function createTestIssuer(options = {}) {
  const { alg = 'ES384', audience = 'https://api.example.com', ...others } = options
  refuseOthers(others)
  if (!ALGORITHMS.has(alg)) throw invalid('alg', `none of ${[...ALGORITHMS.keys()].join(', ')}`)
  readOptions({ logtoUrl: 'http://127.0.0.1', audience })

  let keys = [await SigningKey.generate(alg)]
  const server = await startLoopback((req, res) => {
    /** @type {Record<string, object>} */
    const documents = {
      '/oidc/jwks': { keys: keys.map(({ jwk }) => jwk) },
      '/oidc/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/jwks` },
    }
    const path = String(req.url)
    const body = Object.hasOwn(documents, path) ? documents[path] : undefined
    if (body === undefined) return res.writeHead(404).end()
    res.setHeader('Content-Type', path.endsWith('/jwks') ? JWK_SET : 'application/json; charset=utf-8')
    res.setHeader('Cache-Control', 'no-cache, max-age=0').end(JSON.stringify(body))
  })
  const logtoUrl = server.origin
  const issuer = `${logtoUrl}/oidc`
  const webhookSigningKey = randomBytes(16).toString('base64url')

  /**
   * What the process knows of the tenant is forgotten, so that the next request sees what the test did.
   *
   * @param {Promise<void>} [change]
   */
  const thenForget = async (change) => {
    await change
    invalidateJwksCache(logtoUrl)
  }
  // The kernel gives ports out again, and the cache remembers their last owner.
  await thenForget()

  return {
    logtoUrl,
    issuer,
    audience,
    options: { logtoUrl, audience },
    webhookSigningKey,

    issueToken({ header, ...token } = {}) {
      return keys[0].sign(claimsOf({ iss: issuer, aud: audience }, token), header)
    },

    webhook: (event) => deliveryOf(event, webhookSigningKey),

    async rotateKeys({ withdraw = false, ...unknown } = {}) {
      refuseOthers(unknown)
      if (typeof withdraw !== 'boolean') throw invalid('withdraw', 'not a boolean')
      const key = await SigningKey.generate(alg)
      // Logto publishes the previous key until it is deleted, or pushed out by another rotation.
      keys = withdraw ? [key] : [key, keys[0]]
      await thenForget()
    },

    goDown: () => thenForget(server.goDown()),
    goUp: () => thenForget(server.goUp()),
    close: () => thenForget(server.goDown()),
  }
}

module.exports = { createTestIssuer }
