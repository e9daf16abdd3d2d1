'use strict'

const { clearJwksCache, createVerifier, verifyAuth } = require('logto-authkit')
const { createKey, startTenant } = require('../__test__/support/tenant')

/** Makes every kind of call to the addon, while valgrind (see scripts/memcheck.sh) watches the memory. */
async function main() {
  const tenant = await startTenant()
  const seen = await tenant.issue()
  for (let i = 0; i < 20; i += 1) await verifyAuth(seen, { ...tenant.options })

  const forged = await tenant.issue({ header: { kid: tenant.keys[0].jwk.kid }, key: await createKey('ES384') })
  const fresh = await Promise.all(Array.from({ length: 40 }, (_, i) => tenant.issue({ claims: { jti: `token-${i}` } })))
  const tokens = [...fresh, forged, 'garbage', 'a.b.c', '']
  await Promise.allSettled(tokens.map((token) => verifyAuth(token, tenant.options)))

  clearJwksCache()
  await createVerifier(tenant.options).prefetch()
  for (let i = 0; i < 50; i += 1) createVerifier({ ...tenant.options }).verifySync(seen)
  globalThis.gc()
  await tenant.close()
}

main()
