'use strict'

// A global `Promise` that is not the engine's, as zone.js and bluebird install it: promises of async functions are then no
// instances of it. An engine's promise stays a promise, and a verdict without a payload lets nobody in.

const assert = require('node:assert/strict')
const { describe, test } = require('node:test')
const { inspect } = require('node:util')
const { createTestIssuer } = require('logto-authkit/testing')
const { runNode } = require('./support/child')

const ENGINES = { native: [], portable: ['--conditions=edge-light'] }

/** Replaces `Promise` before the package is loaded. Node.js makes its fetch at the first use, with the Promise of then. */
const REPLACE = `
  const Native = Promise
  fetch('data:,').then(() => {
    globalThis.Promise = class Thenable {
      #promise
      constructor(executor) { this.#promise = new Native(executor) }
      then(...args) { return new Thenable((resolve, reject) => this.#promise.then(...args).then(resolve, reject)) }
      catch(onRejected) { return this.then(undefined, onRejected) }
      finally(onFinally) { return this.then((value) => (onFinally(), value), (error) => { onFinally(); throw error }) }
      static resolve(value) { return new Thenable((resolve) => resolve(value)) }
      static reject(error) { return new Thenable((_resolve, reject) => reject(error)) }
      static all(values) { return new Thenable((resolve, reject) => Native.all(values).then(resolve, reject)) }
      static race(values) { return new Thenable((resolve, reject) => Native.race(values).then(resolve, reject)) }
    }
    return main()
  })`

const CALLS = `
  const [options, good, bad] = JSON.parse(process.argv[1])
  async function main() {
    const { createExpressAuthMiddleware, createVerifier, verifyAuth, verifyLogtoToken, verifyNextAuth, withNextAuth } =
      require('logto-authkit')
    const verifier = createVerifier(options)
    const middleware = createExpressAuthMiddleware(options)
    const requestWith = (token) => ({ headers: { authorization: 'Bearer ' + token } })
    const inExpress = (token) =>
      new Native((resolve) => {
        const req = requestWith(token)
        const res = { setHeader() {}, status: (status) => ({ json: () => resolve(status) }) }
        middleware(req, res, (bug) => resolve(bug ? 500 : req.auth.userId))
      })
    const guarded = withNextAuth((_request, { userId }) => new Response(userId), options)
    const calls = {
      verifyAuth: async (token) => (await verifyAuth(token, options)).userId,
      verifyLogtoToken: async (token) => (await verifyLogtoToken(token, options)).userId,
      verify: async (token) => (await verifier.verify(requestWith(token))).userId,
      verifyNextAuth: async (token) => (await verifyNextAuth(requestWith(token), options)).auth?.userId ?? 401,
      withNextAuth: async (token) => {
        const response = await guarded(new Request('http://a', requestWith(token)))
        return response.status === 200 ? response.text() : response.status
      },
      express: inExpress,
    }
    const outcomes = {}
    for (const [name, call] of Object.entries(calls)) {
      outcomes[name] = []
      for (const token of [good, bad, good]) outcomes[name].push(await call(token).catch(({ status }) => status ?? 500))
    }
    console.log(JSON.stringify(outcomes))
  }`

describe('with another global Promise', () => {
  for (const [engine, conditions] of Object.entries(ENGINES)) {
    // With a cache the native engine waits only for the first token, without one for each.
    for (const skipJwksCache of [false, true]) {
      test(`each call gives the right answer: ${engine} engine, skipJwksCache ${skipJwksCache}`, async (t) => {
        const issuer = await createTestIssuer()
        t.after(issuer.close)
        const tokens = [issuer.issueToken(), issuer.issueToken({ expiresIn: -1 })]
        const args = JSON.stringify([{ ...issuer.options, skipJwksCache }, ...tokens])
        const { stdout } = await runNode([...conditions, '-e', CALLS + REPLACE, args])
        for (const [name, answers] of Object.entries(JSON.parse(stdout))) {
          assert.deepEqual(answers, ['user-1', 401, 'user-1'], name)
        }
      })
    }
  }
})

describe('a verdict without a payload that is an object', () => {
  const { createVerifier, verifyAuth } = require('logto-authkit')
  const { Authenticator } = require('../js/authenticator')
  const OPTIONS = { logtoUrl: 'https://tenant.example', audience: 'a', allowGuest: true }

  const VERDICTS = [undefined, null, 'sub', 5, true, []].map((payload) => ({ payload, error: undefined }))
  for (const verdict of [...VERDICTS, {}]) {
    test(`is an error and never a context: ${inspect(verdict)}`, async () => {
      const authenticator = new Authenticator(OPTIONS)
      for (const answer of [() => verdict, async () => verdict]) {
        authenticator.engine.verify = answer
        await assert.rejects(async () => authenticator.authenticate('token'), TypeError)
      }
      authenticator.engine.verifySync = () => verdict
      assert.throws(() => authenticator.authenticateSync('token'), TypeError)
    })
  }

  test('is not made of a promise', async () => {
    const authenticator = new Authenticator(OPTIONS)
    authenticator.engine.verifySync = async () => ({ payload: { sub: 'user-1' }, error: undefined })
    assert.throws(() => authenticator.authenticateSync('token'), TypeError)
    assert.equal((await verifyAuth('', OPTIONS)).isGuest, true)
    assert.equal((await createVerifier(OPTIONS).verify('')).isGuest, true)
  })
})
