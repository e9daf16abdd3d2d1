'use strict'

// Several tenants, each with an engine of its own. The issuer that a token names, unproven, only picks the engine; that engine
// accepts no other issuer, and verifies with no keys but those of its tenant.

/**
 * @import { Beginning, Engine as EngineContract, Settings, Verdict } from './engines/contract'
 * @import { Tenant } from './tenant-options'
 */

const { createEngine } = require('#engine')
const { MAX_TOKEN_BYTES } = require('./engines/contract')
const { AuthError } = require('./errors')
const { own } = require('./own')
const { quote } = require('./quote')
const { isThenable } = require('./thenable')
const { readUnverified } = require('./unverified')
const { refusal } = require('./verdict')

/** The characters of a token's end: 72 bits of its signature. Few enough for a copy that does not keep the whole token. */
const END_CHARS = 12

/** The most ends that are remembered. */
const MAX_ENDS = 10_000

/**
 * What the engines of all tenants of a verifier share, and what each has for itself.
 * @typedef {Omit<Settings, 'issuer' | 'jwksUri'> & Beginning & { tenants: Tenant[] }} TenantsSettings
 */

/**
 * The engine for all tenants of a verifier.
 *
 * @param {TenantsSettings} settings
 * @returns {EngineContract}
 */
function engineFor(settings) {
  const [first, ...others] = settings.tenants
  return others.length === 0 ? createEngine({ ...settings, ...first }) : new TenantEngines(settings)
}

/** @implements {EngineContract} */
class TenantEngines {
  #tenants
  /** @type {Map<Tenant, EngineContract>} */
  #engines
  /**
   * The engine that has accepted a token, by the token's end, since reading the issuer takes longer than all else. Only a token
   * whose signature ends alike could be given to another engine, which would refuse it.
   *
   * @type {Map<string, EngineContract>}
   */
  #ofAccepted = new Map()

  /** @param {TenantsSettings} settings */
  constructor(settings) {
    this.#tenants = settings.tenants
    this.#engines = new Map(this.#tenants.map((tenant) => [tenant, createEngine({ ...settings, ...tenant })]))
  }

  /**
   * @param {string} token
   * @returns {Verdict | Promise<Verdict>}
   */
  verify(token) {
    const end = token.slice(-END_CHARS)
    const engine = this.#ofAccepted.get(end)
    if (engine !== undefined) return engine.verify(token)
    return this.#judge(token, (engine) => {
      const verdict = engine.verify(token)
      if (!isThenable(verdict) && verdict.error === undefined) this.#remember(end, engine)
      return verdict
    })
  }

  /** @param {string} token */
  verifySync(token) {
    return this.#judge(token, (engine) => engine.verifySync(token))
  }

  /** Fetches the keys of all tenants. Rejects with the first failure, once each fetch has ended. */
  async prefetch() {
    const outcomes = await Promise.allSettled([...this.#engines.values()].map((engine) => engine.prefetch()))
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }

  /**
   * @param {string} end
   * @param {EngineContract} engine
   */
  #remember(end, engine) {
    if (this.#ofAccepted.size >= MAX_ENDS) this.#ofAccepted.clear()
    this.#ofAccepted.set(end, engine)
  }

  /**
   * @template {Verdict | Promise<Verdict>} T
   * @param {string} token
   * @param {(engine: EngineContract) => T} ask
   * @returns {T | Verdict}
   */
  #judge(token, ask) {
    const issuer = issuerIn(token)
    // No tenant knows what is wrong with an unreadable token better than another.
    const tenant = issuer === undefined ? this.#tenants[0] : tenantOf(this.#tenants, issuer)
    const engine = tenant && this.#engines.get(tenant)
    if (engine !== undefined) return ask(engine)
    const expected = this.#tenants.flatMap(({ issuer }) => issuer)
    return refusal(
      new AuthError('issuer_invalid', { expected, found: typeof issuer === 'string' ? quote(issuer) : null }),
    )
  }
}

/**
 * The key set URL for a token, for those who observe; undefined where the token does not say which of several tenants it is of.
 *
 * @param {Tenant[]} tenants
 * @param {string | undefined} token
 */
function jwksUriFor(tenants, token = '') {
  const tenant = tenants.length === 1 ? tenants[0] : tenantOf(tenants, issuerIn(token))
  return tenant?.jwksUri
}

/**
 * @param {Tenant[]} tenants
 * @param {unknown} issuer
 */
function tenantOf(tenants, issuer) {
  return tenants.find((tenant) => tenant.issuer.includes(/** @type {string} */ (issuer)))
}

/**
 * The issuer that a token names, whatever it is.
 *
 * @param {string} token
 * @returns {unknown} null where there is none; undefined where the token is not to be read
 */
function issuerIn(token) {
  if (token.length > MAX_TOKEN_BYTES) return undefined
  const claims = readUnverified(token.split('.', 3)[1])
  return claims === undefined ? undefined : (own(Object(claims), 'iss') ?? null)
}

module.exports = { engineFor, jwksUriFor }
