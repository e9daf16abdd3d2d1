'use strict'

const { createHmac } = require('node:crypto')

/**
 * Tells a hook of an event as Logto does: with the HMAC-SHA256 of the body under the hook's signing key.
 *
 * @param {{ url: string, signingKey: string }} hook
 * @param {object} event
 */
async function deliver({ url, signingKey }, event) {
  const body = JSON.stringify({ hookId: 'demo-hook', createdAt: new Date().toISOString(), ...event })
  const signature = createHmac('sha256', signingKey).update(body).digest('hex')
  const headers = { 'Content-Type': 'application/json', 'logto-signature-sha-256': signature }
  const response = await fetch(url, { method: 'POST', headers, body })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  return { body, signature, status: response.status }
}

module.exports = { deliver }
