'use strict'

/** @import { IncomingMessage } from 'node:http' */

const http = require('node:http')
const https = require('node:https')

const MAX_BODY_BYTES = 256 * 1024

/**
 * What a failed request is a case of, by its error's code.
 *
 * @type {[string, RegExp][]}
 */
const PROBLEMS = [
  ['dns', /^(ENOTFOUND|EAI_)/],
  ['refused', /^ECONNREFUSED$/],
  ['unroutable', /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/],
  ['timeout', /^(ABORT_ERR|ETIMEDOUT)$/],
  ['tls', /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH)/],
  ['not_http', /^HPE_/],
  ['hung_up', /^(ECONNRESET|EPIPE|ECONNABORTED)$/],
  ['too_large', /^TOO_LARGE$/],
]

/**
 * How a GET from here fares, without a proxy or redirects.
 * @typedef {object} Look
 * @property {string | null} problem one of `PROBLEMS`, or `failed`; null: there is an answer
 * @property {string | null} reason the error's own words
 * @property {number | null} status
 * @property {string | null} address that was connected to
 * @property {number} milliseconds
 * @property {number | null} aheadSeconds how far this machine's clock is ahead of the server's
 * @property {Buffer} body
 */

/**
 * @param {string} url
 * @param {number} limitMs
 * @returns {Promise<Look>}
 */
async function look(url, limitMs) {
  const start = performance.now()
  /** @type {Omit<Look, 'milliseconds'>} */
  const found = { problem: null, reason: null, status: null, address: null, aheadSeconds: null, body: Buffer.alloc(0) }
  try {
    Object.assign(found, await get(url, limitMs, (address) => (found.address = address)))
  } catch (error) {
    found.problem = PROBLEMS.find(([, codes]) => codes.test(error.code ?? ''))?.[0] ?? 'failed'
    found.reason = error.cause?.message ?? (error.message || error.code)
  }
  return { ...found, milliseconds: Math.round(performance.now() - start) }
}

/**
 * @param {string} url
 * @param {number} limitMs
 * @param {(address: string) => void} onConnect
 * @returns {Promise<Partial<Look>>}
 */
function get(url, limitMs, onConnect) {
  const { request } = url.startsWith('https:') ? https : http
  const headers = { 'User-Agent': 'logto-authkit doctor', Connection: 'close' }
  return new Promise((resolve, reject) => {
    const call = request(url, { headers, agent: false, signal: AbortSignal.timeout(limitMs) })
    call.on('error', reject)
    call.on('socket', (socket) => {
      socket.on('connect', () => onConnect(`${socket.remoteAddress} port ${socket.remotePort}`))
    })
    call.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? null })
    })
    call.on('response', (response) => read(response).then(resolve, reject))
    call.end()
  })
}

/**
 * @param {IncomingMessage} response
 * @returns {Promise<Partial<Look>>}
 */
async function read(response) {
  const chunks = []
  let length = 0
  const aheadSeconds = aheadOf(response.headers.date)
  for await (const chunk of response) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) throw Object.assign(new Error('more than 256 KiB'), { code: 'TOO_LARGE' })
    chunks.push(chunk)
  }
  return { status: response.statusCode ?? null, aheadSeconds, body: Buffer.concat(chunks) }
}

/**
 * The header tells whole seconds, rounded down.
 *
 * @param {string | undefined} date
 */
function aheadOf(date) {
  const theirs = Date.parse(date ?? '')
  return Number.isNaN(theirs) ? null : Math.round((Date.now() - theirs) / 1_000 - 0.5)
}

module.exports = { look }
