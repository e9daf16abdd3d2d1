'use strict'

const { writeFile } = require('node:fs/promises')
const { join } = require('node:path')
const { signToken } = require('./keys')
const { mint } = require('./mint')

const REPLAYED = 100

/**
 * Makes the world of one measurement: tenants with their keys, a file of distinct tokens signed by each key in turn,
 * and tokens to refuse. A JSON file describes the world to child processes.
 *
 * @param spec `{ alg, tenants, keys, tokens, mintMs, isTls }`: the number of each, the most time for minting, and how keys are fetched
 * @param claims further claims of its tokens
 */
async function createWorld(folder, server, spec, claims = {}) {
  const added = Array.from({ length: spec.tenants }, () => server.add(spec.alg, spec.keys))
  const signers = added.flatMap(({ tenant, keys }) => keys.map((key) => signerOf(tenant, key, claims)))
  const base = join(folder, [...Object.values(spec), ...Object.keys(claims)].join('-'))
  const tokens = await mint({ file: `${base}.tokens`, signers, count: spec.tokens, milliseconds: spec.mintMs })
  const world = { tenants: added.map(({ tenant }) => tenant), tokens, refused: refusedBy(signers[0]) }
  const file = `${base}.json`
  await writeFile(file, JSON.stringify(world))
  return { file, count: tokens.count, env: server.env }
}

function signerOf({ alg, issuer, audience }, { privateKey, jwk }, more) {
  const iat = Math.floor(Date.now() / 1000)
  const claims = { iss: issuer, aud: audience, sub: 'user-1', scope: 'read:things write:things', client_id: 'app-1' }
  return { alg, privateKey, kid: jwk.kid, claims: { ...claims, ...more, iat, exp: iat + 86_400 } }
}

/** The tokens that every contender must refuse, as one list for each kind. */
function refusedBy(signer) {
  const variations = (count, changes) =>
    Array.from({ length: count }, (_, index) => signToken(signer, { ...signer.claims, ...changes, jti: `no-${index}` }))
  const { iat } = signer.claims
  return {
    expired: variations(REPLAYED, { iat: iat - 7_200, exp: iat - 3_600 }),
    issuer: variations(1, { iss: 'https://elsewhere.example.com/oidc' }),
    audience: variations(1, { aud: 'https://elsewhere.example.com' }),
  }
}

module.exports = { createWorld }
