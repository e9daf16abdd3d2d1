'use strict'

const { readFileSync } = require('node:fs')
const express = require('express')
const { contenderNamed } = require('../contenders')

/** An app with one guarded route: `express-app.js CONTENDER WORLD-FILE`. It sends its URL, and ends with its parent. */
async function main([name, worldFile]) {
  process.once('disconnect', () => process.exit())
  const { tenants } = JSON.parse(readFileSync(worldFile, 'utf8'))
  const contender = contenderNamed(name)
  const guard = contender.guard ? contender.guard(tenants[0]) : guardWith(await contender.verifier(tenants[0]))
  const app = express().get('/', guard, (_req, res) => res.json({ ok: true }))
  const server = app.listen(0, '127.0.0.1', () => process.send(`http://127.0.0.1:${server.address().port}/`))
}

/** The middleware that an app writes for a package without one. */
function guardWith(verify) {
  return async (req, res, next) => {
    try {
      req.auth = await verify(req.headers.authorization.slice('Bearer '.length))
    } catch {
      return res.status(401).json({ error: 'Authentication required' })
    }
    next()
  }
}

main(process.argv.slice(2))
