'use strict'

/**
 * @import { JwksStatus } from 'logto-authkit'
 * @import { Publisher } from '../diagnostics/channels'
 */

const { keysFetched, keysStale } = require('#diagnostics')
const { warnOfUnavailableKeys } = require('../warnings')

/**
 * Tells those who observe of a fetch that has ended.
 *
 * @param {JwksStatus} status
 */
function tellOfFetch(status) {
  /** @type {Publisher<any>} */
  const channel = status.failure === undefined ? keysFetched : keysStale
  if (channel.hasSubscribers) channel.publish(status)
  if (status.failure !== undefined) warnOfUnavailableKeys(status.jwksUri, status.failure.reason)
}

module.exports = { tellOfFetch }
