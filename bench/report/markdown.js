'use strict'

const { OURS, REFERENCE } = require('../contenders')
const { JOBS } = require('../jobs')
const { renderTable } = require('./table')

function renderDocument(results) {
  const jobs = JOBS.filter(({ name }) => results.jobs[name] !== undefined)
  const warning = Object.values(results.jobs).some((job) => job.isQuick)
    ? '**A smoke run: these numbers mean nothing.**\n\n'
    : ''
  const sections = jobs.map(({ name }) => renderJob(results, name))
  return `# Benchmarks\n\n${warning}${renderIntroduction(results)}\n\n${sections.join('\n\n')}\n`
}

function renderIntroduction({ machine, contenders }) {
  const { cpu, cores, memoryGb, system, node } = machine
  return `\
![${OURS} beside others](results.svg)

\`npm run bench\` repeats this on your machine. Every measurement runs in a process of its own, the contenders take
turns round by round, and a number is the median of the rounds. All of them check the same: the signature by a key set
that is fetched over HTTP (from loopback) and then kept, issuer, audience and expiry. In brackets: as a multiple of
${REFERENCE}.

Machine: ${cpu}, ${cores} cores, ${memoryGb} GB; ${system}; Node.js ${node}.

${renderContenders(contenders)}`
}

function renderContenders(contenders) {
  const rows = contenders
    .filter(({ versions }) => Object.keys(versions).length > 0)
    .map(({ name, versions, algorithms }) => {
      const texts = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
      return `| ${name} | ${texts.join(', ')} | ${algorithms.join(', ')} |`
    })
  return ['| contender | versions | algorithms |', '| --- | --- | --- |', ...rows].join('\n')
}

function renderJob(results, name) {
  const { title, note, tables } = JOBS.find((job) => job.name === name)
  const job = results.jobs[name]
  const algorithms = [...new Set(job.cases.map(({ alg }) => alg))]
  const rendered = tables(algorithms, job.cases).map((table) => renderTable(results, job, table))
  return [`## ${title}`, `${note} ${renderMeasured(job, results, algorithms)}`, ...rendered].join('\n\n')
}

function renderMeasured({ date, rounds, cases }, { contenders }, algorithms) {
  const isWanted = ({ name }) => cases.some((spec) => spec.contenders?.includes(name) ?? true)
  const leftOut = contenders.filter(isWanted).flatMap(({ name, algorithms: able }) => {
    const missing = algorithms.filter((alg) => !able.includes(alg))
    return missing.length > 0 ? [` Left out: ${name}, which cannot do ${missing.join(', ')}.`] : []
  })
  return `Measured ${date.slice(0, 10)}, ${rounds === 1 ? 'one round' : `${rounds} rounds`}.${leftOut.join('')}`
}

module.exports = { renderDocument, renderJob }
