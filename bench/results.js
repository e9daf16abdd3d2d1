'use strict'

const { readFileSync, writeFileSync } = require('node:fs')
const { arch, cpus, platform, totalmem } = require('node:os')
const { join } = require('node:path')
const { CONTENDERS } = require('./contenders')

const FILE = 'results.json'
/** What fits into a line beside the name of a member. */
const LINE = 90
const PEERS = join(__dirname, 'node_modules')

/** What has been measured: the machine, the contenders, and each job as its last run left it. */
function loadResults(folder) {
  return JSON.parse(readFileSync(join(folder, FILE), 'utf8'))
}

function saveResults(folder, jobName, job) {
  const results = { machine: describeMachine(), contenders: describeContenders(), jobs: earlierJobs(folder) }
  results.jobs[jobName] = job
  writeFileSync(join(folder, FILE), `${render(results)}\n`)
}

function earlierJobs(folder) {
  try {
    return loadResults(folder).jobs
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    return {}
  }
}

function describeMachine() {
  const cores = cpus()
  return {
    cpu: cores[0].model.trim(),
    cores: cores.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.version,
  }
}

function describeContenders() {
  return CONTENDERS.map(({ name, packages, algorithms, isBaseline = false }) => ({
    name,
    algorithms,
    isBaseline,
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(join(PEERS, name))])),
  }))
}

function versionOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
}

/** JSON as the linter wants it: a list of words or numbers is one line, if it fits. */
function render(results) {
  const text = JSON.stringify(results, shorten, 2)
  return text.replace(/\[\s+([^[\]{}]+?)\s+\]/g, (lines, list) => {
    const line = `[${list.replace(/(?<=,)\s+/g, ' ')}]`
    return line.length > LINE ? lines : line
  })
}

/** Nobody can repeat the fifth digit. */
function shorten(_key, value) {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value
}

/** The median over rounds of one metric of one contender; undefined where it was not measured. */
function medianOf(job, contender, { alg, case: id, metric }) {
  const measurement = job.measurements.find(
    (one) => one.contender === contender && one.alg === alg && (id === undefined || one.case === id),
  )
  const values = measurement?.metrics[metric]
  return values && median(values)
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

module.exports = { loadResults, medianOf, saveResults }
