'use strict'

const { readFileSync } = require('node:fs')
const { CONTENDERS } = require('./contenders')
const { JOBS } = require('./jobs')

/** Measures one contender at one job, in a process of its own: `node measure.js JOB CONTENDER TENANT-FILE`. */
async function main([job, contender, tenantFile]) {
  const tenant = JSON.parse(readFileSync(tenantFile, 'utf8'))
  const verify = await CONTENDERS[contender](tenant)
  console.log(await JOBS[job](verify, tenant.tokens))
}

main(process.argv.slice(2))
