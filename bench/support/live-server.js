'use strict'

// An app with one guarded route: `live-server.js FRAMEWORK CONTENDER WORLD-FILE`. It sends its port. To each message it answers
// what the process has spent so far.

const { readFileSync } = require('node:fs')
const { contenderNamed } = require('../contenders')
const { FRAMEWORKS } = require('./live-frameworks')
const { tokenIn } = require('./tokens')

let requests = 0

async function main([framework, name, worldFile]) {
  process.once('disconnect', () => process.exit())
  const { tenants } = JSON.parse(readFileSync(worldFile, 'utf8'))
  const guard = await guardFor(contenderNamed(name), framework, tenants[0])
  const port = await FRAMEWORKS[framework](guard, count)
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send({ cpuMicroseconds: user + system, requests })
  })
  process.send(port)
}

function count() {
  requests += 1
}

/** The contender's own guard for the framework, or what an app writes for a package without one. */
async function guardFor(contender, framework, tenant) {
  if (contender.live) return contender.live(framework, tenant)
  const verify = await contender.verifier(tenant)
  return { verify: ({ headers }) => verify(tokenIn(headers.cookie)) }
}

main(process.argv.slice(2))
