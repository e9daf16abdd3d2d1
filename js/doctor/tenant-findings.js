'use strict'

// What was seen of a tenant, in plain words.

/** @import { Tenant, TenantSettings } from './tenant' */

const { hostname, networkInterfaces } = require('node:os')
const { quote } = require('./safe-text')
const { duration } = require('./time')

/**
 * @typedef {{ check: 'keys' | 'issuer' | 'clock', level: 'ok' | 'warning' | 'problem', text: string, advice: string[] }}
 *   Finding
 */

const ONLY_LOOPBACK =
  'In a container, "localhost" is the container itself: name the host that Logto runs on, or set jwksUri.'
const WRONG_PATH = 'Is logtoUrl the endpoint as Logto’s console shows it, with no path but a trailing /oidc?'

/**
 * For each problem: what happened, and what to do.
 *
 * @type {Record<string, [(keys: Tenant['keys']) => string, string[]]>}
 */
const PROBLEMS = {
  dns: [
    () => 'the name has no address here',
    ['Is the name right? Does this machine, or container, have a DNS that knows it?'],
  ],
  refused: [
    () => 'nothing listens there: the connection was refused',
    ['Is Logto up, and is the port right?', ONLY_LOOPBACK],
  ],
  unroutable: [
    () => 'there is no route to that address',
    ['Is there a firewall, or a network policy, or a VPN to join?'],
  ],
  timeout: [
    () => 'there was no answer in time',
    ['A firewall that drops packets looks like this, and so does a proxy that has to be used: see HTTPS_PROXY.'],
  ],
  tls: [
    () => 'no secure connection came about',
    [
      'For a private certificate authority, set NODE_EXTRA_CA_CERTS to the file with its certificate.',
      'Otherwise: has the certificate expired, is it for this name, does the port speak TLS at all?',
    ],
  ],
  hung_up: [
    () => 'the connection was closed before an answer',
    ['Does the port speak what the URL says, http or https?'],
  ],
  not_http: [() => 'what answered does not speak HTTP', ['Is it the right port? Does it want https?']],
  too_large: [() => 'the answer is larger than 256 KiB', [WRONG_PATH]],
  redirect: [
    ({ look }) => `it redirects (status ${look.status}), and redirects are not followed`,
    ['Use the address that it leads to. From http to https, say, or to another host.'],
  ],
  status: [({ look }) => `it answered with status ${look.status}`, [WRONG_PATH]],
  not_a_key_set: [() => 'what it answered is no JSON Web Key Set', [WRONG_PATH]],
  too_many_keys: [
    () => 'it lists more than 100 keys, and such a set is refused whole',
    ['Logto publishes three at most: do the keys of other services stand among them?'],
  ],
  only_from_node: [
    () => 'Node.js can fetch them, the addon cannot',
    ['Look at HTTP_PROXY, HTTPS_PROXY and NO_PROXY, which the addon honours.'],
  ],
}

/** @type {[() => string, string[]]} */
const UNKNOWN = [() => 'the request failed', []]

/**
 * @param {Tenant} tenant
 * @param {TenantSettings} settings
 * @returns {Finding[]}
 */
function findingsOf({ keys, discovery, clock }, settings) {
  return [...keyFindings(keys), ...issuerFindings(discovery, settings), ...clockFindings(clock)]
}

/** @param {Tenant['keys']} keys */
function keyFindings(keys) {
  if (!keys.hasArrived) return [unreachable(keys)]
  const { look, usable, unusable, url } = keys
  if (usable === null || unusable === null) {
    const text = `${url} gave the addon its keys; Node.js could not look closer, past any proxy (${look.reason ?? look.status})`
    return [finding('keys', 'ok', text)]
  }
  const findings = [finding('keys', 'ok', `${url} answered in ${look.milliseconds} ms, from ${look.address}`)]
  const names = usable.map(({ kid, algorithms }) => `${algorithms.join('/')} ${quote(kid)}`)
  if (usable.length > 0)
    findings.push(finding('keys', 'ok', `${counted(usable.length, 'usable key')}: ${names.join(', ')}`))
  for (const { kid, reason } of unusable) {
    findings.push(finding('keys', 'warning', `the key ${quote(kid)} is of no use: ${reason}`))
  }
  if (usable.length === 0) {
    findings.push(
      finding(
        'keys',
        'problem',
        'there is no key to verify a token with: a server takes that for an outage, and answers 503',
        [WRONG_PATH],
      ),
    )
  }
  return findings
}

/** @param {Tenant['keys']} keys */
function unreachable(keys) {
  const { look, problem, url, reason } = keys
  const [what, advice] = PROBLEMS[problem ?? ''] ?? UNKNOWN
  const where = look.address === null ? '' : `, at ${look.address}`
  const text = `${url} cannot be fetched from ${here()}: ${what(keys)}${where} (${look.reason ?? reason})`
  const isLoopback = /\/\/(localhost|127\.|\[::1\])/.test(url)
  return finding(
    'keys',
    'problem',
    text,
    advice.filter((one) => one !== ONLY_LOOPBACK || isLoopback),
  )
}

/**
 * @param {Tenant['discovery']} discovery
 * @param {TenantSettings} settings
 */
function issuerFindings({ issuer, isAccepted, url, look }, { issuer: accepted }) {
  if (issuer === null) {
    const why = look.problem === null ? `status ${look.status}` : look.reason
    return [
      finding('issuer', 'warning', `${url} does not say what its issuer is (${why}); tokens are verified without it`),
    ]
  }
  if (isAccepted) return [finding('issuer', 'ok', `the tenant calls itself ${quote(issuer)}, which is accepted`)]
  return [
    finding(
      'issuer',
      'warning',
      `the tenant calls itself ${quote(issuer)}; accepted: ${accepted.map(quote).join(', ')}`,
      [`If that is your tenant under a custom domain, accept it, too: issuer: ${quote([...accepted, issuer])}.`],
    ),
  ]
}

/** @param {Tenant['clock']} clock */
function clockFindings({ aheadSeconds, isOff }) {
  if (aheadSeconds === null) return []
  if (!isOff) return [finding('clock', 'ok', 'this machine’s clock agrees with the tenant’s')]
  const by = duration(Math.abs(aheadSeconds))
  const direction = aheadSeconds > 0 ? 'ahead of' : 'behind'
  return [
    finding('clock', 'warning', `this machine’s clock is ${by} ${direction} the tenant’s`, [
      'Have it set over the network (NTP); for a few seconds, clockTolerance will do.',
    ]),
  ]
}

/** This machine, as its operator knows it. */
function here() {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const addresses = all.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address)
  return addresses.length === 0 ? hostname() : `${hostname()} (${addresses.slice(0, 3).join(', ')})`
}

/**
 * @param {number} count
 * @param {string} what
 */
function counted(count, what) {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/**
 * @param {Finding['check']} check
 * @param {Finding['level']} level
 * @param {string} text
 * @param {string[]} advice
 * @returns {Finding}
 */
function finding(check, level, text, advice = []) {
  return { check, level, text, advice }
}

module.exports = { findingsOf, here }
