'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { setTimeout: sleep } = require('node:timers/promises')
const { context, metrics, trace } = require('@opentelemetry/api')
const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks')
const {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} = require('@opentelemetry/sdk-metrics')
const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base')
const { clearJwksCache, createExpressAuthMiddleware } = require('logto-authkit')
const { observeLogtoAuth } = require('../examples/opentelemetry/telemetry')
const { startExpress } = require('./support/express-app')
const { startTenant } = require('./support/tenant')

test('the OpenTelemetry example counts verdicts and fetches, and marks the spans of requests', async (t) => {
  const telemetry = startTelemetry()
  t.after(telemetry.stop)
  const tenant = await startTenant()
  t.after(tenant.close)
  clearJwksCache()
  const tracer = trace.getTracer('app')
  const app = await startExpress((app) => {
    app.use((_req, res, next) =>
      tracer.startActiveSpan('request', (span) => {
        res.on('finish', () => span.end())
        next()
      }),
    )
    app.get('/me', createExpressAuthMiddleware(tenant.options), (_req, res) => res.json({}))
    app.get('/feed', createExpressAuthMiddleware({ ...tenant.options, allowGuest: true }), (_req, res) => res.json({}))
  })
  t.after(app.close)
  const authorization = `Bearer ${await tenant.issue()}`
  for (const headers of [{ authorization }, { authorization }, {}]) await app.get('/me', headers)
  await app.get('/feed', {})
  await telemetry.fetchIsTold()

  const verdict = 'logto_authkit.verdict'
  const missing = { 'error.type': 'token_missing' }
  const { verdicts, fetches, age } = await telemetry.metrics()
  assert.deepEqual(verdicts, [
    [{ [verdict]: 'verified' }, 2],
    [{ [verdict]: 'refused', ...missing }, 1],
    [{ [verdict]: 'guest', ...missing }, 1],
  ])
  const jwksUri = `${tenant.logtoUrl}/oidc/jwks`
  assert.deepEqual(fetches, [[{ jwksUri, outcome: 'fetched' }, 1]])
  assert.deepEqual(age[0][0], { jwksUri })
  assert.deepEqual(telemetry.spans(), [
    { [verdict]: 'verified', 'enduser.id': 'user-1' },
    { [verdict]: 'verified', 'enduser.id': 'user-1' },
    { [verdict]: 'refused', ...missing },
    { [verdict]: 'guest', ...missing },
  ])
})

/** Starts an SDK that keeps its exports in memory, and the example on top of it. */
function startTelemetry() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const meters = new MeterProvider({ readers: [reader] })
  const spans = new InMemorySpanExporter()
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  metrics.setGlobalMeterProvider(meters)
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
  observeLogtoAuth()

  const collect = async () => {
    exporter.reset()
    await meters.forceFlush()
    const collected = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    const points = (name) =>
      collected
        .filter(({ descriptor }) => descriptor.name === `logto_authkit.${name}`)
        .flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => [attributes, value]))
    return { verdicts: points('verdicts'), fetches: points('jwks.fetches'), age: points('jwks.age') }
  }
  return {
    metrics: collect,
    spans: () => spans.getFinishedSpans().map(({ attributes }) => attributes),
    /** Waits for the message about a fetch, which does not come with a request. */
    async fetchIsTold() {
      for (let tries = 0; tries < 500 && (await collect()).fetches.length === 0; tries += 1) await sleep(10)
    },
    stop: () => meters.shutdown(),
  }
}
