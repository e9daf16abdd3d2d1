'use strict'

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { test } = require('node:test')
const { promisify } = require('node:util')

/** A script that serves requests like an Edge runtime. It prints the Node.js modules it requires, and its answers. */
const ON_THE_EDGE = `
  const Module = require('node:module')
  const asked = []
  const load = Module._load
  Module._load = function (request, ...rest) {
    if (Module.isBuiltin(request)) asked.push(request)
    return load.call(this, request, ...rest)
  }
  const { Hono } = require('hono')
  const { logtoAuth } = require('logto-authkit/hono')
  const [options, token] = process.argv.slice(1)
  const app = new Hono()
  app.get('/', logtoAuth(JSON.parse(options)), (c) => c.json(c.get('auth').userId))
  const answer = async (headers) => {
    const response = await app.request('http://localhost/', { headers })
    return [response.status, await response.json()]
  }
  Promise.all([answer({}), answer({ authorization: 'Bearer ' + token })]).then((answers) => {
    console.log(JSON.stringify({ answers, asked, engines: Object.keys(require.cache).filter((file) => /engine\\.js$/.test(file)) }))
  })`

function testHono(world) {
  const appOf = (answer) => {
    const { logtoAuth } = world.load('logto-authkit/hono')
    const app = new (world.load('hono').Hono)()
    return app.get('/', logtoAuth({ ...world.tenant.options, allowGuest: true }), answer)
  }

  test("adds a guest's cookie to a Response that a handler has made itself, beside the handler's cookies", async () => {
    const redirect = () => new Response(null, { status: 302, headers: { location: '/login', 'set-cookie': 'c=d' } })
    const immutable = () => Response.redirect('http://localhost/login')
    for (const [answer, cookies] of [
      [redirect, ['c=d']],
      [immutable, []],
    ]) {
      const response = await appOf(answer).request('/')
      assert.equal(response.status, 302)
      const [guest, ...others] = response.headers.getSetCookie().reverse()
      assert.match(guest, /^guest_logto_authtoken=/)
      assert.deepEqual(others, cookies)
    }
  })

  test("adds a guest's cookie also to the app's answer to an error", async () => {
    const app = appOf(() => {
      throw new Error('a bug')
    })
    app.onError((_error, c) => c.text('sorry', 500))
    const response = await app.request('/')
    assert.equal(response.status, 500)
    assert.match(response.headers.get('set-cookie'), /^guest_logto_authtoken=/)
  })

  test('works in an Edge runtime, and requires neither the addon nor a module of Node.js', async () => {
    for (const condition of ['workerd', 'edge-light']) {
      const args = [`--conditions=${condition}`, '-e', ON_THE_EDGE]
      args.push(JSON.stringify(world.tenant.options), await world.tenant.issue())
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: world.folder, timeout: 60_000 })
      const { answers, asked, engines } = JSON.parse(stdout)
      assert.deepEqual([answers[0][0], answers[1]], [401, [200, 'user-1']], condition)
      assert.deepEqual(asked, [], condition)
      assert.match(engines.join(), /^[^,]*portable.engine\.js$/, condition)
    }
  })
}

module.exports = { testHono }
