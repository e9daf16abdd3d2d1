'use strict'

/**
 * The jobs, in the order of the report. A job has `cases`, each the spec of a world; `measure`, which measures one
 * contender in one case, in a process of its own, or `measureTogether`, which measures all of them at once; and the `tables` of
 * its results.
 */
const JOBS = [
  require('./live'),
  require('./same-checks'),
  require('./first-sight'),
  require('./in-flight'),
  require('./seen-before'),
  require('./cold-caches'),
  require('./remembered'),
  require('./authorization'),
  require('./revocation'),
  require('./refusing'),
  require('./express'),
  require('./cold-start'),
  require('./growth'),
]

module.exports = { JOBS }
