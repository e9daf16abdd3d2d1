'use strict'

/** @import { DiagnosticsMessages } from 'logto-authkit' */

const { channel } = process.getBuiltinModule?.('node:diagnostics_channel') ?? require('node:diagnostics_channel')

/**
 * A channel with messages of one type.
 * @template Message
 * @typedef {{ readonly hasSubscribers: boolean, publish: (message: Message) => void }} Publisher
 */

/**
 * @typedef {object} Channels
 * @property {Publisher<DiagnosticsMessages['logto-authkit:verified']>} verified
 * @property {Publisher<DiagnosticsMessages['logto-authkit:refused']>} refused
 * @property {Publisher<DiagnosticsMessages['logto-authkit:guest']>} guest
 * @property {Publisher<DiagnosticsMessages['logto-authkit:keys-fetched']>} keysFetched
 * @property {Publisher<DiagnosticsMessages['logto-authkit:keys-stale']>} keysStale
 * @property {Publisher<DiagnosticsMessages['logto-authkit:revocations-behind']>} revocationsBehind
 */

/**
 * What an app may listen to, as index.d.ts says. Messages are made only where somebody does.
 *
 * @type {Channels}
 */
module.exports = {
  verified: channel('logto-authkit:verified'),
  refused: channel('logto-authkit:refused'),
  guest: channel('logto-authkit:guest'),
  keysFetched: channel('logto-authkit:keys-fetched'),
  keysStale: channel('logto-authkit:keys-stale'),
  revocationsBehind: channel('logto-authkit:revocations-behind'),
}
