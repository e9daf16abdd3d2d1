'use strict'

const { clearJwksCache, createVerifier, verifyAuth } = require('logto-authkit')
const { createTestIssuer } = require('logto-authkit/testing')

/** Makes every kind of call to the addon, while valgrind (see scripts/memcheck.sh) watches the memory. */
async function main() {
  const issuer = await createTestIssuer()
  const seen = issuer.issueToken()
  for (let i = 0; i < 20; i += 1) await verifyAuth(seen, { ...issuer.options })

  const fresh = Array.from({ length: 40 }, () => issuer.issueToken())
  const tokens = [...fresh, await forgedLike(seen, issuer), 'garbage', 'a.b.c', '']
  await Promise.allSettled(tokens.map((token) => verifyAuth(token, issuer.options)))

  clearJwksCache()
  await createVerifier(issuer.options).prefetch()
  for (let i = 0; i < 50; i += 1) createVerifier({ ...issuer.options }).verifySync(seen)
  globalThis.gc()
  await issuer.close()
}

/** A token that names the key of another one, whose signature is not that key's. */
async function forgedLike(token, { issuer }) {
  const { kid } = JSON.parse(Buffer.from(token.split('.')[0], 'base64url'))
  const stranger = await createTestIssuer()
  const forged = stranger.issueToken({ iss: issuer, header: { kid } })
  await stranger.close()
  return forged
}

main()
