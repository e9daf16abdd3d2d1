'use strict'

// As little as possible is loaded here: a cold start is one of the jobs.
const { readFileSync } = require('node:fs')

/** Does one job for one contender, in a process of its own: `child.js JOB CONTENDER WORLD-FILE SETTINGS`. */
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
