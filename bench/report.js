'use strict'

const { writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { renderDocument, renderJob } = require('./report/markdown')
const { renderPlot } = require('./report/plot')
const { loadResults } = require('./results')

/** Writes RESULTS.md and results.svg beside results.json. Returns the text about one job, if a job is named. */
function writeReport(folder, jobName) {
  const results = loadResults(folder)
  writeFileSync(join(folder, 'RESULTS.md'), renderDocument(results))
  writeFileSync(join(folder, 'results.svg'), renderPlot(results))
  return jobName && renderJob(results, jobName)
}

module.exports = { writeReport }

if (require.main === module) writeReport(__dirname)
