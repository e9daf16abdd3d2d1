'use strict'

const { execFile } = require('node:child_process')
const { mkdtemp, rm, writeFile } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { promisify } = require('node:util')
const { startTenant } = require('../__test__/support/tenant')
const { CONTENDERS } = require('./contenders')
const { JOBS } = require('./jobs')

const ROUNDS = 5
const TOKENS = 2_000
const REFERENCE = 'jose'

/** Runs every job: all contenders in turn, round by round, so that a slow minute is slow for each of them. */
async function main() {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  const tenant = await startTenant()
  try {
    const tenantFile = join(folder, 'tenant.json')
    await writeFile(tenantFile, JSON.stringify(await describeTenant(tenant)))
    for (const job of Object.keys(JOBS)) report(job, await measure(job, tenantFile))
  } finally {
    await tenant.close()
    await rm(folder, { recursive: true })
  }
}

async function describeTenant(tenant) {
  const tokens = await Promise.all(
    Array.from({ length: TOKENS }, (_, index) => tenant.issue({ claims: { jti: `token-${index}` } })),
  )
  const { logtoUrl, issuer, audience } = tenant
  return { logtoUrl, issuer, audience, jwksUri: `${logtoUrl}/oidc/jwks`, tokens }
}

async function measure(job, tenantFile) {
  const results = Object.fromEntries(Object.keys(CONTENDERS).map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, rates] of Object.entries(results)) {
      const { stdout } = await promisify(execFile)(process.execPath, [
        join(__dirname, 'measure.js'),
        job,
        name,
        tenantFile,
      ])
      rates.push(Number(stdout))
    }
  }
  return results
}

function report(job, results) {
  const reference = median(results[REFERENCE])
  console.log(`\n${job}, ES384, median of ${ROUNDS} rounds`)
  for (const [name, rates] of Object.entries(results)) {
    const rate = median(rates)
    console.log(
      `  ${name.padEnd(16)} ${Math.round(rate).toString().padStart(9)}/s  ${(rate / reference).toFixed(2)} x ${REFERENCE}`,
    )
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

main()
