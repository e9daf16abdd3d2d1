'use strict'

const autocannon = require('autocannon')

const CONNECTIONS = 32

/**
 * Sends requests to a guarded route, over all connections, with the tokens in turn.
 *
 * @param limit `{ duration }` in seconds, or `{ amount }` of requests
 * @returns requests per second, from the first answer to the last
 */
async function load(url, tokens, limit) {
  let next = 0
  const setupRequest = (request) => {
    const token = tokens[next % tokens.length]
    next += 1
    return { ...request, headers: { authorization: `Bearer ${token}` } }
  }
  const requests = tokens.length > 1 ? [{ setupRequest }] : [{ headers: { authorization: `Bearer ${tokens[0]}` } }]
  // autocannon notices the end of its work only once per sample, so the time is measured here.
  const run = autocannon({ url, connections: CONNECTIONS, requests, sampleInt: 100, ...limit })
  const answers = { count: 0, first: 0, last: 0 }
  run.on('response', () => {
    answers.last = performance.now()
    if (answers.count === 0) answers.first = answers.last
    answers.count += 1
  })
  const { errors, non2xx } = await run
  if (errors + non2xx > 0) throw new Error(`${errors} requests failed, ${non2xx} were refused`)
  return ((answers.count - 1) * 1_000) / (answers.last - answers.first)
}

module.exports = { load }
