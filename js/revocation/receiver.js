'use strict'

// What a request handler of ours answers to the tenant: nothing of the set-up, and a status that says whether it is done.

const { AuthError, isRefusal } = require('../errors')
const { invalid } = require('../option-values')
const { refusalResponse } = require('../refusal-response')
const { warnOfUnstoredRevocation } = require('../warnings')
const { BodyCutOff, BodyTooLarge, bodyOfFetch, bodyOfNode } = require('./body')

/** An answer is for the tenant alone: OpenID Connect Back-Channel Logout 1.0 section 2.8. */
const HEADERS = { 'Cache-Control': 'no-store' }

/**
 * What a handler makes of a body: nothing, or it throws.
 * @typedef {(body: Uint8Array | string, headerOf: (name: string) => string | undefined) => Promise<unknown>} Receive
 *
 * @typedef {{ status: number, headers: Record<string, string>, body: object | null }} Answer
 */

/**
 * A handler for Fetch requests, as in Next.js and Hono.
 *
 * @param {Receive} receive
 * @returns {(request: Request) => Promise<Response>}
 */
function fetchReceiver(receive) {
  return async function logtoReceiver(request) {
    const answer = await answerTo(request.method, async () => {
      const body = await bodyOfFetch(request)
      await receive(body, (name) => request.headers.get(name) ?? undefined)
    })
    const { status, headers, body } = answer
    return body === null ? new Response(null, { status, headers }) : Response.json(body, { status, headers })
  }
}

/**
 * A handler for Express and `node:http`.
 *
 * @param {Receive} receive
 * @returns {(req: any, res: any, next?: (error: unknown) => void) => Promise<void>}
 */
function nodeReceiver(receive) {
  return async function logtoReceiver(req, res, next) {
    try {
      const answer = await answerTo(req.method, async () => {
        const raw = await bodyOfNode(req)
        if (raw === undefined) {
          throw invalid('rawBody', 'another parser has read the body: mount this route before express.json()')
        }
        await receive(raw, (name) => textOf(req.headers[name]))
      })
      write(answer, res)
    } catch (bug) {
      // Express 4 does not wait for a handler: a rejection would end the process.
      if (next === undefined) throw bug
      next(bug)
    }
  }
}

/**
 * @param {Answer} answer
 * @param {any} res
 */
function write({ status, headers, body }, res) {
  // An app that answers slow requests itself has done so before the end of the body.
  if (res.headersSent) return
  res.statusCode = status
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  if (body === null) return res.end()
  res.setHeader('Content-Type', 'application/json; charset=utf-8')
  res.end(JSON.stringify(body))
}

/** @param {unknown} value */
function textOf(value) {
  return typeof value === 'string' ? value : undefined
}

/**
 * @param {string} method
 * @param {() => Promise<void>} receive
 * @returns {Promise<Answer>}
 */
async function answerTo(method, receive) {
  if (method !== 'POST') return { status: 405, headers: { ...HEADERS, Allow: 'POST' }, body: null }
  try {
    await receive()
    return { status: 204, headers: HEADERS, body: null }
  } catch (error) {
    if (error instanceof BodyTooLarge) return { status: 413, headers: HEADERS, body: null }
    if (error instanceof BodyCutOff) return { status: 400, headers: HEADERS, body: null }
    if (error instanceof AuthError) return answerOf(error)
    // The log has not got it: nobody may believe it done.
    warnOfUnstoredRevocation(error)
    return { status: 503, headers: { ...HEADERS, 'Retry-After': '1' }, body: { error: 'Not stored' } }
  }
}

/** @param {InstanceType<typeof AuthError>} error */
function answerOf(error) {
  const { status, headers, body } = refusalResponse(error)
  return { status, headers: { ...(isRefusal(error) && status === 503 ? headers : {}), ...HEADERS }, body }
}

module.exports = { fetchReceiver, nodeReceiver }
