'use strict'

// The body of a request, as it came. Whoever may call has not been asked yet, so its size is bounded.

/** The longest body, in bytes: Logto's longest event names 5,000 users. */
const MAX_BODY_BYTES = 1024 * 1024

/** The body is larger. */
class BodyTooLarge extends Error {}

/** The client has gone before the end of it. */
class BodyCutOff extends Error {}

/**
 * @param {Request} request
 * @returns {Promise<Uint8Array>}
 * @throws {BodyTooLarge | BodyCutOff}
 */
async function bodyOfFetch({ body }) {
  if (body === null) return new Uint8Array()
  const reader = body.getReader()
  try {
    return await gather({
      async next() {
        const { done, value } = await reader.read()
        return done ? { done: true, value: undefined } : { done: false, value }
      },
    })
  } finally {
    await reader.cancel().catch(() => {})
  }
}

/**
 * The body of a request of Express or `node:http`: of a parser of raw bodies, or as it comes.
 *
 * @param {any} req
 * @returns {Promise<Uint8Array | string | undefined>} undefined where another parser has read it
 * @throws {BodyTooLarge | BodyCutOff}
 */
async function bodyOfNode(req) {
  for (const raw of [req.rawBody, req.body]) if (typeof raw === 'string' || raw instanceof Uint8Array) return raw
  if (req.readableEnded === true || typeof req[Symbol.asyncIterator] !== 'function') return undefined
  return gather(req[Symbol.asyncIterator]())
}

/**
 * @param {Pick<AsyncIterator<Uint8Array>, 'next'>} chunks
 * @returns {Promise<Uint8Array>}
 */
async function gather(chunks) {
  /** @type {Uint8Array[]} */
  const parts = []
  let length = 0
  for (;;) {
    const { done, value } = await next(chunks)
    if (done) break
    length += value.length
    if (length > MAX_BODY_BYTES) throw new BodyTooLarge()
    parts.push(value)
  }
  const whole = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** @param {Pick<AsyncIterator<Uint8Array>, 'next'>} chunks */
async function next(chunks) {
  try {
    return await chunks.next()
  } catch (cause) {
    throw new BodyCutOff('the body has no end', { cause })
  }
}

module.exports = { BodyCutOff, BodyTooLarge, MAX_BODY_BYTES, bodyOfFetch, bodyOfNode }
