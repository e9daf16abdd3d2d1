'use strict'

// Writes each change to a file as soon as it is judged, so that a run that its minutes cut short keeps what it has found.

const { appendFileSync } = require('node:fs')
const { join } = require('node:path')
const { PluginKind, declareClassPlugin } = require('@stryker-mutator/api/plugin')

class LinesReporter {
  /** @param {import('@stryker-mutator/api/core').MutantResult} mutant */
  onMutantTested({ status, location, replacement }) {
    const line = JSON.stringify({ status, location, replacement })
    appendFileSync(join(process.cwd(), 'target/mutants-js/judged.jsonl'), `${line}\n`)
  }

  /** @param {import('@stryker-mutator/api/report').MutationTestingPlanReadyEvent} event */
  onMutationTestingPlanReady({ mutantPlans }) {
    appendFileSync(join(process.cwd(), 'target/mutants-js/judged.jsonl'), `${mutantPlans.length}\n`)
  }
}

exports.strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'lines', LinesReporter)]
