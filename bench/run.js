'use strict'

const { mkdirSync, mkdtempSync, readFileSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { contendersFor } = require('./contenders')
const { writeReport } = require('./report')
const { saveResults } = require('./results')
const { readSettings } = require('./settings')
const { ask } = require('./support/children')
const { startTenants } = require('./support/tenants')
const { createWorld } = require('./support/world')

const CHILD = join(__dirname, 'support/child.js')
const TIMEOUT_MS = 180_000
const MINT_MS = 120_000

/** `node bench/run.js [--rounds N] [--quick] [--job NAME]... [--alg ALG]... [--node PATH]...` */
async function main() {
  const settings = readSettings(process.argv.slice(2))
  mkdirSync(settings.folder, { recursive: true })
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  // The folder goes even if the run fails: a million tokens take half a gigabyte.
  process.on('exit', () => rmSync(folder, { recursive: true }))
  const servers = new Map()
  const worldOf = worlds(folder, servers)
  try {
    for (const job of settings.jobs) {
      const results = await runJob(job, settings, worldOf)
      if (job.tables === undefined) continue
      // Results are saved after each job, so that an interrupted run keeps them. Other jobs keep their earlier results.
      saveResults(settings.folder, job.name, results)
      console.log(`\n${writeReport(settings.folder, job.name)}`)
    }
  } finally {
    for (const server of servers.values()) await server.close()
  }
}

/** A function that makes each world once, at its first use, and so each server. */
function worlds(folder, servers) {
  const made = new Map()
  return async ({ alg, tenants, keys, tokens, mintMs = MINT_MS, isTls = false, claims }) => {
    if (!servers.has(isTls)) servers.set(isTls, await startTenants(isTls))
    const id = JSON.stringify([alg, tenants, keys, tokens, isTls, claims])
    const spec = { alg, tenants, keys, tokens, mintMs, isTls }
    if (!made.has(id)) made.set(id, await createWorld(folder, servers.get(isTls), spec, claims))
    return made.get(id)
  }
}

async function runJob(job, settings, worldOf) {
  const cases = job.cases({ ...settings, algorithms: settings.algorithmsOf(job) })
  const measurements = []
  for (const [index, spec] of cases.entries()) {
    progress(`${job.name} ${index + 1}/${cases.length}: minting`)
    const world = await worldOf(spec)
    Object.assign(spec, { id: index, tokens: world.count })
    measurements.push(...(await runCase(job, spec, world, settings)))
  }
  progress('')
  const { rounds, isQuick } = settings
  return {
    date: new Date().toISOString(),
    rounds: Math.min(rounds, job.maxRounds ?? rounds),
    isQuick,
    cases,
    measurements,
  }
}

/** Measures the contenders in turn, round by round, so that a slow minute of the machine is slow for all of them. */
async function runCase(job, spec, world, { rounds, warmUpMs, measureMs, express, growth, live }) {
  const contenders = contendersFor(job, spec)
  const measurements = contenders.map(({ name }) => ({
    contender: name,
    alg: spec.alg,
    case: spec.id,
    metrics: {},
  }))
  if (job.measureTogether) {
    const described = JSON.parse(readFileSync(world.file, 'utf8'))
    const asked = { contenders, spec, world: described, worldFile: world.file, settings: { live } }
    const metrics = await job.measureTogether(asked)
    return measurements.map((measurement, index) => ({ ...measurement, metrics: metrics[index] }))
  }
  const settings = JSON.stringify({ warmUpMs, measureMs, express, growth })
  const wanted = Math.min(rounds, job.maxRounds ?? rounds, spec.rounds ?? rounds)
  for (let round = 1; round <= wanted; round += 1) {
    for (const measurement of measurements) {
      const { contender } = measurement
      progress(`${job.name} ${spec.alg}, round ${round} of ${wanted}: ${contender}`)
      const options = { timeout: TIMEOUT_MS, execArgv: job.execArgv, env: world.env }
      const answer = await ask(CHILD, [job.name, contender, world.file, settings], options)
      for (const [metric, value] of Object.entries(answer)) {
        measurement.metrics[metric] ??= []
        measurement.metrics[metric].push(value)
      }
    }
  }
  return measurements
}

/** Shows the progress in one line that is overwritten; only on a terminal. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

main()
