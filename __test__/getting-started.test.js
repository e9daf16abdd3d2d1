'use strict'

// The page that takes a newcomer from an empty folder to a guarded route: its commands, in its order, in an empty folder, with the
// package from a registry. The tenant is the OpenID provider that Logto is built on.

const assert = require('node:assert/strict')
const { spawn } = require('node:child_process')
const { readFileSync } = require('node:fs')
const { mkdtemp, realpath, rm } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { basename, join } = require('node:path')
const { after, before, describe, test } = require('node:test')
const { text } = require('node:stream/consumers')
const { API, startProvider } = require('../examples/demo/provider')
const { freePort } = require('../tools/free-port')
const { pack } = require('../tools/pack')
const { startRegistry } = require('../tools/registry')
const { ROOT, hostPlatform, withoutRust } = require('./support/tarballs')

const PAGE = readFileSync(join(ROOT, 'docs/getting-started.md'), 'utf8')
const MOST_COMMANDS = 12

/** The commands of the page and, between them, the files that it has its reader save. */
const STEPS = [...PAGE.matchAll(/^```(sh|ts (\S+))\n([\s\S]*?)^```$/gm)].flatMap(([, , file, body]) =>
  file === undefined
    ? body
        .trimEnd()
        .split('\n')
        .map((command) => ({ command }))
    : [{ file }],
)

const STRICT =
  '--strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --module nodenext --target es2023 --noEmit --types node'

describe('docs/getting-started.md', { timeout: 300_000 }, () => {
  let folder
  let registry
  let provider
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'logto-authkit-')))
    registry = await startRegistry(folder)
    for (const directory of pack(join(folder, 'packages'), [await hostPlatform()])) await registry.publish(directory)
    provider = await startProvider()
  })
  after(async () => {
    registry?.close()
    await provider?.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  test('takes at most twelve commands', () => {
    const commands = STEPS.filter(({ command }) => command !== undefined)
    assert.ok(commands.length >= 10 && commands.length <= MOST_COMMANDS, `${commands.length}`)
  })

  test('does what it says, command by command, and its code is strict TypeScript', async () => {
    const port = await freePort()
    const script = scriptOf({ port, provider })
    const { log, exitCode } = await runScript(script, `${provider.clientSecret}\n`, {
      PORT: String(port),
      npm_config_registry: registry.url,
      npm_config_cache: join(folder, 'npm-cache'),
    })
    assert.equal(exitCode, 0, log)
    const outputs = log.split(/^>>> /m)
    const outputOf = (command) => outputs.filter((output) => output.startsWith(command)).at(-1) ?? ''
    assert.match(outputOf('npx tsx --test'), /^# pass 1$/m)
    assert.match(outputOf('npx tsx server.ts'), /^Listening on port \d+$/m)
    const [refused, accepted] = outputs.filter((output) => output.startsWith('curl'))
    assert.match(refused, /^HTTP\/1\.1 401 [\s\S]*"code":"token_missing"/m)
    assert.match(accepted, /^HTTP\/1\.1 200 [\s\S]*\{"userId":"demo-service"\}/m)
    assert.match(outputOf('doctor'), /^Accepted/m)
    assert.ok(!log.includes(provider.clientSecret))
  })

  async function runScript(script, input, changes) {
    const { NODE_TEST_CONTEXT: _, ...env } = withoutRust(changes)
    // A group of its own, so that what the page has started in the background ends with the script.
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env, detached: true })
    child.stdin.end(input)
    const exit = new Promise((resolve) => child.once('exit', resolve))
    exit.then(() => process.kill(-child.pid, 'SIGTERM'))
    const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit])
    return { log: stdout + stderr, exitCode }
  }
})

/** The page as a script, with a tenant that is there, and a look at what the page leaves to the reader: the types, the doctor. */
function scriptOf({ port, provider }) {
  const lines = STEPS.flatMap(({ command, file }) => {
    if (file !== undefined) return [`cp '${join(ROOT, file)}' '${basename(file)}'`]
    const real = command
      .replace('https://your-tenant.logto.app', provider.url)
      .replace('https://api.example.com', API)
      .replace('your-app-id', provider.clientId)
      .replace('localhost:3000', `localhost:${port}`)
    const wait = `until curl -s localhost:${port} >/dev/null; do sleep 0.1; done`
    return [titleOf(command), real, ...(command.endsWith('&') ? [wait] : [])]
  })
  const [doctor] = /(?<=^\$ echo "\$TOKEN" \| ).*doctor.*$/m.exec(PAGE)
  const typecheck = `npx tsc ${STRICT} server.ts app.test.ts`
  return [...lines, titleOf('doctor'), `echo "$TOKEN" | ${doctor}`, typecheck].join('\n')
}

/** A line that tells one command's output from the last one's, which may lack its line break. */
function titleOf(command) {
  return `printf '\\n>>> %s\\n' '${command}'`
}
