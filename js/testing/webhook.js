'use strict'

// A webhook of Logto's as it is delivered.

/** @import { TestIssuer } from 'logto-authkit/testing' */

const { createHmac } = require('node:crypto')
const { invalid, isText } = require('../option-values')
const { SIGNATURE_HEADER } = require('../revocation/webhook')
const { timeNow } = require('./real-clock')

/**
 * @param {any} event
 * @param {string} signingKey
 * @returns {ReturnType<TestIssuer['webhook']>}
 */
function deliveryOf(event, signingKey) {
  if (!isText(Object(event).event)) throw invalid('event', 'not an event, such as { event: "User.Deleted" }')
  const body = JSON.stringify({ hookId: 'hook-1', createdAt: new Date(timeNow()).toISOString(), ...event })
  const signature = createHmac('sha256', signingKey).update(body).digest('hex')
  return { method: 'POST', headers: { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature }, body }
}

module.exports = { deliveryOf }
