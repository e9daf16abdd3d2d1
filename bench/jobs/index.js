'use strict'

/**
 * In the order of the report. A job gives the `cases` it is measured in, each the spec of a world; what to `measure` of
 * a contender in one, in a process of its own; and the `tables` of its results.
 */
const JOBS = [
  require('./same-checks'),
  require('./first-sight'),
  require('./in-flight'),
  require('./seen-before'),
  require('./refusing'),
  require('./express'),
  require('./cold-start'),
  require('./growth'),
]

module.exports = { JOBS }
