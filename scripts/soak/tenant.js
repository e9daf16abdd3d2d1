'use strict'

const { fork } = require('node:child_process')
const { once } = require('node:events')
const { createServer } = require('node:net')
const { join } = require('node:path')
const jose = require('jose')
const { createKey } = require('../../__test__/support/tenant')

/** A tenant whose endpoint can be killed and restarted. As in Logto, the next key is published before it signs. */
class SoakTenant {
  #provider
  #port

  static async start() {
    const tenant = new SoakTenant()
    tenant.#port = await freePort()
    tenant.url = `http://127.0.0.1:${tenant.#port}`
    tenant.audience = 'https://api.example.com'
    tenant.keys = {
      previous: await createKey('ES384'),
      current: await createKey('ES384'),
      next: await createKey('ES384'),
    }
    await tenant.goUp()
    return tenant
  }

  get isUp() {
    return this.#provider !== undefined
  }

  async goUp() {
    const provider = fork(join(__dirname, 'provider.js'), [String(this.#port)])
    await once(provider, 'message')
    this.#provider = provider
    await this.#publish()
  }

  async goDown() {
    const provider = this.#provider
    this.#provider = undefined
    provider.kill('SIGKILL')
    await once(provider, 'exit')
  }

  async rotate() {
    const { current, next } = this.keys
    this.keys = { previous: current, current: next, next: await createKey('ES384') }
    await this.#publish()
  }

  /** A token, signed by the current key unless another is given, with these changes to claims and header. */
  async issue(claims = {}, header = {}, { privateKey, jwk } = this.keys.current) {
    const now = Math.floor(Date.now() / 1000)
    return new jose.SignJWT({
      iss: `${this.url}/oidc`,
      aud: this.audience,
      sub: 'user-1',
      iat: now,
      exp: now + 3600,
      jti: crypto.randomUUID(),
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES384', typ: 'at+jwt', kid: jwk.kid, ...header })
      .sign(privateKey)
  }

  async #publish() {
    if (!this.#provider) return
    this.#provider.send(Object.values(this.keys).map(({ jwk }) => jwk))
    await once(this.#provider, 'message')
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

module.exports = { SoakTenant }
