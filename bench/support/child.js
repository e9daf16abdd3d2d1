'use strict'

// This file loads as little as possible, since one of the jobs measures the cold start.
const { readFileSync } = require('node:fs')

/** Measures one job for one contender, in a process of its own: `child.js JOB CONTENDER WORLD-FILE SETTINGS`. */
async function main([job, contender, worldFile, settings]) {
  process.once('disconnect', () => process.exit())
  const { measure } = require(`../jobs/${job}`)
  const { contenderNamed } = require('../contenders')
  const world = JSON.parse(readFileSync(worldFile, 'utf8'))
  process.send(
    await measure({ contender: contenderNamed(contender), world, worldFile, settings: JSON.parse(settings) }),
  )
}

main(process.argv.slice(2))
