'use strict'

// Signed double-submit tokens, as OWASP's cheat sheet on CSRF describes them: a random value, and an HMAC of that value and of
// the session. Whoever plants a cookie in another's browser cannot make one that is good for that user.

const { hexOf } = require('./hex')
const { HMAC, bytesOfHex, importHmacKey } = require('./hmac')

/** A UUID v4, and the HMAC in hexadecimal. */
const SIGNED_TOKEN = /^([0-9a-f-]{36})\.([0-9a-f]{64})$/

/**
 * What a token is bound to.
 * @typedef {['user' | 'token', string]} Session
 */

/** Signs and verifies tokens. */
class TokenSigner {
  #secrets
  /** @type {Promise<CryptoKey[]> | undefined} */
  #keys

  /** @param {string[]} secrets the first signs, each verifies */
  constructor(secrets) {
    this.#secrets = secrets
  }

  /**
   * @param {Session} session
   * @returns {Promise<string>} a new token
   */
  async sign(session) {
    const random = crypto.randomUUID()
    const [key] = await this.#importedKeys()
    const mac = new Uint8Array(await crypto.subtle.sign(HMAC, key, messageOf(random, session)))
    return `${random}.${hexOf(mac)}`
  }

  /**
   * Whether one of the secrets signed a token for this session. The comparison takes constant time.
   *
   * @param {string | undefined} token
   * @param {Session | undefined} session
   */
  async verify(token, session) {
    const [, random, mac] = SIGNED_TOKEN.exec(token ?? '') ?? []
    if (random === undefined || session === undefined) return false
    const signature = bytesOfHex(mac)
    const message = messageOf(random, session)
    const keys = await this.#importedKeys()
    const verdicts = await Promise.all(keys.map((key) => crypto.subtle.verify(HMAC, key, signature, message)))
    return verdicts.includes(true)
  }

  /** Imports the secrets at the first token: Workers allow no such call while they start. */
  #importedKeys() {
    this.#keys ??= Promise.all(this.#secrets.map((secret) => importHmacKey(secret, ['sign', 'verify'])))
    return this.#keys
  }
}

/**
 * The bytes that are signed. JSON keeps the parts apart.
 *
 * @param {string} random
 * @param {Session} session
 */
function messageOf(random, session) {
  return new TextEncoder().encode(JSON.stringify([random, ...session]))
}

module.exports = { TokenSigner }
