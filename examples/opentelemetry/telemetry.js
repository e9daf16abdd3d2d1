'use strict'

/** @type {import('logto-authkit').AuthDiagnostics} */
const { subscribe } = require('node:diagnostics_channel')
const { metrics, trace } = require('@opentelemetry/api')
const { getJwksStatus } = require('logto-authkit')

/** Counts verdicts, notes them on the span of their request, and shows the age of the keys. Call it once, at start. */
function observeLogtoAuth() {
  const meter = metrics.getMeter('logto-authkit')
  const verdicts = meter.createCounter('logto_authkit.verdicts', { description: 'Requests by how they fared' })
  const fetches = meter.createCounter('logto_authkit.jwks.fetches', { description: 'Fetches of signing keys' })
  const age = meter.createObservableGauge('logto_authkit.jwks.age', { unit: 'ms', description: 'Age of the keys' })

  /**
   * @param {string} verdict
   * @param {string} [code]
   */
  function note(verdict, code) {
    const attributes = { 'logto_authkit.verdict': verdict, ...(code && { 'error.type': code }) }
    verdicts.add(1, attributes)
    trace.getActiveSpan()?.setAttributes(attributes)
  }
  subscribe('logto-authkit:verified', ({ userId }) => {
    note('verified')
    trace.getActiveSpan()?.setAttribute('enduser.id', userId)
  })
  subscribe('logto-authkit:refused', ({ code }) => note('refused', code))
  subscribe('logto-authkit:guest', ({ code }) => note('guest', code))
  subscribe('logto-authkit:keys-fetched', ({ jwksUri }) => fetches.add(1, { jwksUri, outcome: 'fetched' }))
  subscribe('logto-authkit:keys-stale', ({ jwksUri }) => fetches.add(1, { jwksUri, outcome: 'failed' }))
  age.addCallback((result) => {
    for (const { jwksUri, ageMs } of getJwksStatus()) if (ageMs !== undefined) result.observe(ageMs, { jwksUri })
  })
}

module.exports = { observeLogtoAuth }
