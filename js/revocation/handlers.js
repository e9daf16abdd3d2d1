'use strict'

// The routes by which a tenant tells that tokens have to end.

/**
 * @import { LogoutHandlerOptions, WebhookHandlerOptions } from 'logto-authkit'
 * @import { Receive } from './receiver'
 */

const { takeOptions } = require('../given-options')
const { invalid, readNumber, refuseOthers } = require('../option-values')
const { isRevocationList } = require('./list')
const { logoutEngineFor, verifyLogoutToken } = require('./logout-token')
const { fetchReceiver, nodeReceiver } = require('./receiver')
const { SIGNATURE_HEADER, readSigningKeys, readWebhook, refused } = require('./webhook')

/** @type {typeof import('logto-authkit').createWebhookHandler} */
function createWebhookHandler(options) {
  return fetchReceiver(webhookReceiver(options))
}

/** @type {typeof import('logto-authkit').createExpressWebhookHandler} */
function createExpressWebhookHandler(options) {
  return nodeReceiver(webhookReceiver(options))
}

/** @type {typeof import('logto-authkit').createLogoutHandler} */
function createLogoutHandler(options) {
  return fetchReceiver(logoutReceiver(options))
}

/** @type {typeof import('logto-authkit').createExpressLogoutHandler} */
function createExpressLogoutHandler(options) {
  return nodeReceiver(logoutReceiver(options))
}

/**
 * @param {WebhookHandlerOptions} options
 * @returns {Receive}
 */
function webhookReceiver(options) {
  const { signingKey, revocations, maxAgeMs, ...others } = takeOptions(options)
  refuseOthers(others)
  const keys = readSigningKeys(signingKey)
  const list = readList(revocations)
  const maxAge = readNumber('maxAgeMs', maxAgeMs, Number.POSITIVE_INFINITY, 1)
  return async (body, headerOf) => {
    const event = await readWebhook(body, headerOf(SIGNATURE_HEADER), keys)
    // Without a time, an event could be of any.
    const isOld = !(Date.now() - Date.parse(String(event.createdAt)) <= maxAge)
    if (isOld && maxAge !== Number.POSITIVE_INFINITY) throw refused('older than maxAgeMs')
    await list.apply(event)
  }
}

/**
 * @param {LogoutHandlerOptions} options
 * @returns {Receive}
 */
function logoutReceiver(options) {
  const { revocations, ...verifier } = takeOptions(options)
  const list = readList(revocations)
  logoutEngineFor(verifier)
  return async (body) => {
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
    const token = new URLSearchParams(text).get('logout_token') ?? ''
    await list.apply(await verifyLogoutToken(token, /** @type {any} */ (verifier)))
  }
}

/** @param {unknown} revocations */
function readList(revocations) {
  if (!isRevocationList(revocations)) throw invalid('revocations', 'not made by createRevocationList')
  return revocations
}

module.exports = {
  createExpressLogoutHandler,
  createExpressWebhookHandler,
  createLogoutHandler,
  createWebhookHandler,
}
