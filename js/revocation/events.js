'use strict'

// What Logto tells, as entries of the log.

/** @import { RevocationEntry } from 'logto-authkit' */

const { own } = require('../own')
const { MAX_IDS, isId, isTime } = require('./entries')

/**
 * The entries that a webhook event or a verified logout token asks for.
 *
 * @param {unknown} event
 * @returns {RevocationEntry[]} none where it revokes nothing
 */
function entriesOf(event) {
  const members = Object(event)
  const name = own(members, 'event')
  if (typeof name === 'string') return Object.hasOwn(EVENTS, name) ? EVENTS[name](members) : []
  const at = own(members, 'iat')
  return isTime(at) ? ofUsers([own(members, 'sub')], { at }) : []
}

/**
 * Each event that ends tokens, as Logto sends it.
 *
 * @type {Record<string, (event: any) => RevocationEntry[]>}
 */
const EVENTS = {
  // Sent when a suspension is lifted, too. Then there is nothing to undo: new tokens are newer.
  'User.SuspensionStatus.Updated': (event) => (own(dataOf(event), 'isSuspended') === false ? [] : ofData(event)),
  'User.Deleted': ofData,
  // A changed password is told of only so, and with it every other change of a user.
  'User.Data.Updated': ofData,
  PostResetPassword: (event) => {
    const userId = own(event, 'userId') ?? own(Object(own(event, 'user')), 'id')
    return ofUsers([userId], { at: timeOf(event) })
  },
  'Organization.Membership.Updated': (event) => {
    const data = dataOf(event)
    const organizationId = own(event, 'organizationId') ?? own(data, 'organizationId') ?? own(data, 'id')
    return isId(organizationId) ? ofUsers(removedFrom(event), { organizationId, at: timeOf(event) }) : []
  },
}

/**
 * The users who were removed from an organization. An older Logto lists none: then the path of a DELETE names one.
 *
 * @param {any} event
 * @returns {unknown[]}
 */
function removedFrom(event) {
  const removed = own(event, 'removedUserIds') ?? own(dataOf(event), 'removedUserIds')
  if (Array.isArray(removed)) return removed
  return own(event, 'method') === 'DELETE' ? [userInPath(event)] : []
}

/** @param {any} event */
function userInPath(event) {
  return own(Object(own(event, 'params')), 'userId')
}

/** @param {any} event */
function ofData(event) {
  // The data may be a user's custom data, with an id that is not the user's: the path of the request names the user first.
  const userId = userInPath(event)
  return ofUsers([typeof userId === 'string' ? userId : own(dataOf(event), 'id')], { at: timeOf(event) })
}

/** @param {any} event */
function dataOf(event) {
  return Object(own(event, 'data'))
}

/**
 * The tenant's own time of an event: the clock that dates its tokens, too.
 *
 * @param {any} event
 * @returns {number | undefined} undefined where there is none: then the log's time counts, which is later
 */
function timeOf(event) {
  const time = Math.floor(Date.parse(own(event, 'createdAt')) / 1_000)
  return isTime(time) ? time : undefined
}

/**
 * @param {unknown[]} candidates
 * @param {{ organizationId?: string, at?: number }} more
 * @returns {RevocationEntry[]} several where one cannot hold so many ids
 */
function ofUsers(candidates, more) {
  const ids = candidates.filter(isId)
  /** @type {RevocationEntry[]} */
  const entries = []
  for (let first = 0; first < ids.length; first += MAX_IDS) {
    entries.push({ type: 'user', ids: ids.slice(first, first + MAX_IDS), ...more })
  }
  return entries
}

module.exports = { entriesOf }
