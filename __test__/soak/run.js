'use strict'

const { fork } = require('node:child_process')
const { once } = require('node:events')
const http = require('node:http')
const { join } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { createKey, startTenant } = require('../support/tenant')
const { CLASSES, drawClass, newToken } = require('./traffic')

/** The duration of the run, in seconds; the number of connections; the time between two troubles, in seconds. */
const DURATION = Number(process.argv[2] ?? 600)
const CONNECTIONS = 16
const TROUBLE_EVERY = 30

/** The fraction by which resident memory may grow after the first minute. */
const MAX_GROWTH = 0.05

const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS })

async function main() {
  const tenant = withRecentTokens(await startTenant())
  // The next key is published before it signs.
  tenant.keys.push(await createKey('ES384'))
  const options = { ...tenant.options, jwksCacheTtlMs: 5_000, jwksMaxStaleMs: 60_000 }
  const app = fork(join(__dirname, 'app.js'), [JSON.stringify(options)])
  const [port] = await once(app, 'message')
  const run = {
    port,
    tenant,
    isUp: true,
    counts: {},
    wrong: [],
    samples: [],
    until: performance.now() + DURATION * 1000,
  }

  await Promise.all([trouble(run), sample(run), ...Array.from({ length: CONNECTIONS }, () => load(run))])
  agent.destroy()
  app.kill()
  await tenant.close()
  process.exitCode = report(run) ? 0 : 1
}

/** Adds `recentToken`, which gives one of 50 tokens of the current key: most real traffic repeats tokens. */
function withRecentTokens(tenant) {
  let recent = []
  let key
  tenant.recentToken = async () => {
    if (key !== tenant.keys[0]) recent = []
    key = tenant.keys[0]
    if (recent.length < 50) recent.push(await newToken(tenant))
    return recent[Math.floor(Math.random() * recent.length)]
  }
  return tenant
}

async function load(run) {
  while (performance.now() < run.until) {
    const name = drawClass()
    const { request, isRight } = CLASSES[name]
    const { status, body } = await ask(run.port, await request(run.tenant))
    run.counts[name] = (run.counts[name] ?? 0) + 1
    if (!isRight(status, body)) run.wrong.push({ name, status, body, isUp: run.isUp })
  }
}

/** Alternates key rotations with outages. An outage lasts a third of the interval, so that all traffic meets both. */
async function trouble(run) {
  for (let turn = 0; performance.now() < run.until; turn += 1) {
    await sleep(Math.min(TROUBLE_EVERY * 1000, Math.max(0, run.until - performance.now())))
    if (turn % 2 === 0) await rotate(run.tenant)
    else {
      run.isUp = false
      await run.tenant.goDown()
      await sleep(TROUBLE_EVERY * 333)
      await run.tenant.goUp()
      run.isUp = true
    }
  }
}

/** Signs with the key that has been published beside the current one, as Logto does, and publishes the next. */
async function rotate(tenant) {
  const [current, next] = tenant.keys
  tenant.keys = [next, await createKey('ES384'), current]
}

async function sample(run) {
  const start = performance.now()
  while (performance.now() < run.until) {
    const { body } = await ask(run.port, { path: '/stats' })
    run.samples.push({ second: (performance.now() - start) / 1000, ...body })
    await sleep(1_000)
  }
}

function ask(port, { path, token, cookie }) {
  const headers = {}
  if (token !== undefined) headers.authorization = `Bearer ${token}`
  if (cookie !== undefined) headers.cookie = `logto_authtoken=${cookie}`
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, headers, agent }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }))
    })
    request.on('error', reject)
  })
}

function report({ counts, wrong, samples }) {
  for (const [name, count] of Object.entries(counts)) console.log(`${String(count).padStart(9)}  ${name}`)
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  console.log(`${String(total).padStart(9)}  in all, ${wrong.length} wrong`)
  for (const one of wrong.slice(0, 10)) console.log(one)

  const [rssBefore, rssAfter] = minutesOf(samples, 'rss')
  const [descriptorsBefore, descriptorsAfter] = minutesOf(samples, 'descriptors')
  const growth = rssAfter / rssBefore - 1
  const megabytes = (bytes) => `${(bytes / 1048576).toFixed(1)} MB`
  console.log(`memory: ${megabytes(rssBefore)} to ${megabytes(rssAfter)}, ${(growth * 100).toFixed(1)} %`)
  console.log(`descriptors: ${descriptorsBefore} to ${descriptorsAfter}`)
  return wrong.length === 0 && growth < MAX_GROWTH && descriptorsAfter <= descriptorsBefore + 5
}

/** The medians of a figure: in the half minute after the warm-up, and in the last half minute. */
function minutesOf(samples, figure) {
  const end = samples.at(-1).second
  const warm = Math.min(60, end / 3)
  const median = (from, to) => {
    const chosen = samples.filter(({ second }) => second >= from && second <= to).map((one) => one[figure])
    return chosen.sort((a, b) => a - b)[Math.floor(chosen.length / 2)]
  }
  return [median(warm, warm + 30), median(end - 30, end)]
}

main()
