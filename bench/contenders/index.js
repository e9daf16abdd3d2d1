'use strict'

const { bareApp, noGuard, signatureAlone, storingAlone } = require('./baselines')
const { fastJwt } = require('./fast-jwt')
const { logtoAuthkit } = require('./logto-authkit')

/**
 * The packages to compare, each set up as its documentation says and with the same checks: signature by the tenant's
 * remote key set, issuer, audience, expiry. A contender loads its package only when its `verifier` (a function from a
 * token to a promise of the payload) or its `guard` (a middleware for Express) is called.
 *
 * A contender with a cache remembers as many tokens as logto-authkit does by default.
 */
const CONTENDERS = [
  noGuard,
  logtoAuthkit('logto-authkit', {}),
  logtoAuthkit('logto-authkit, portable', { engine: 'portable' }, [
    'live',
    'first-sight',
    'in-flight',
    'seen-before',
    'cold-caches',
    'remembered',
    'cold-start',
  ]),
  require('./jose'),
  fastJwt('fast-jwt', {}),
  fastJwt('fast-jwt, cache', { cache: 10_000 }),
  require('./jsonwebtoken'),
  require('./aws-jwt-verify'),
  require('./express-oauth2-jwt-bearer'),
  require('./node-rs-jsonwebtoken'),
  bareApp,
  storingAlone,
  signatureAlone,
]

const OURS = 'logto-authkit'
const REFERENCE = 'jose'
/** Those that remember tokens: beside them, any other takes too long to be compared. */
const REMEMBERING = [OURS, 'logto-authkit, portable', 'fast-jwt, cache']

function contenderNamed(name) {
  return CONTENDERS.find((contender) => contender.name === name)
}

/** The contenders that know the algorithm of a case. A baseline takes part only in the jobs that it names. */
function contendersFor(job, spec) {
  return CONTENDERS.filter(
    ({ name, algorithms, jobs, isAvailable }) =>
      algorithms.includes(spec.alg) &&
      (jobs === undefined || jobs.includes(job.name)) &&
      (spec.contenders === undefined || spec.contenders.includes(name)) &&
      (isAvailable === undefined || isAvailable()),
  )
}

module.exports = { CONTENDERS, OURS, REFERENCE, REMEMBERING, contenderNamed, contendersFor }
