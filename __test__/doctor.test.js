'use strict'

const assert = require('node:assert/strict')
const { join } = require('node:path')
const { describe, before, after, test } = require('node:test')
const { createTestIssuer } = require('logto-authkit/testing')
const { askDoctor, runCli } = require('./support/doctor')
const { WITHOUT_ADDON } = require('./support/without-addon')

const API = 'https://api.example.com'
const OPAQUE = 'cM0v_9kT3hQf2LxVn7RbYs1JwZdEuA5gKpXo8iNtH4q'

const PAT = 'pat_k7Yt2QmWx4Zr9LcVb1Nd6HsJf8GpAe3U'

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An ID token as Logto makes them: no `typ`, no `client_id`, and the client's id for an audience. */
function idToken({ issuer }) {
  const header = { typ: undefined }
  return issuer.issueToken({
    audience: 'app-1',
    client_id: undefined,
    scope: undefined,
    jti: undefined,
    name: 'Ann',
    header,
  })
}

/** The token with changed claims and the old signature. */
function forged(token, changes) {
  const [header, claims, signature] = token.split('.')
  return [header, encode({ ...JSON.parse(Buffer.from(claims, 'base64url')), ...changes }), signature].join('.')
}

/** Tokens: [how the token is made, further arguments, the code (null: accepted), phrases of the report]. */
const TOKENS = {
  'a good token': [
    ({ issuer }) => issuer.issueToken({ sub: 'ann' }),
    [],
    null,
    'lets "ann" in, for another 60 minutes',
  ],
  'a good token with the scope': [
    ({ issuer }) => issuer.issueToken({ scope: 'read write' }),
    ['--scope', 'write read', '--token-type', 'at+jwt', '--clock-tolerance', '5'],
    null,
    'Accepted',
  ],
  'a good token for one of two audiences': [({ issuer }) => issuer.issueToken(), ['--audience', 'b'], null, 'Accepted'],
  'an opaque token': [() => OPAQUE, [], 'token_opaque', 'no resource was requested', 'getAccessToken(resource)'],
  'a token for another API': [
    ({ issuer }) => issuer.issueToken({ audience: 'https://other.example' }),
    [],
    'audience_invalid',
    `It is for "https://other.example"; accepted: "${API}"`,
  ],
  'a token whose audience has a slash more': [
    ({ issuer }) => issuer.issueToken({ audience: `${API}/` }),
    [],
    'audience_invalid',
    'differ in the trailing slash alone',
  ],
  'a token whose audience has capitals': [
    ({ issuer }) => issuer.issueToken({ audience: API.toUpperCase() }),
    [],
    'audience_invalid',
    'upper and lower case',
  ],
  'an organization token': [
    ({ issuer }) => issuer.issueToken({ organizationToken: 'o1' }),
    [],
    'audience_invalid',
    'This is an organization token',
    'leave audience out, and set organization: "o1"',
  ],
  'an ID token': [idToken, [], 'audience_invalid', 'looks like an ID token, for the client "app-1"'],
  'an ID token of another provider': [
    ({ issuer }) =>
      issuer.issueToken({
        audience: 'https://app.example',
        client_id: undefined,
        scope: undefined,
        at_hash: 'x',
        header: { typ: 'JWT' },
      }),
    [],
    'audience_invalid',
    'looks like an ID token, for the client "https://app.example"',
  ],
  'an ID token where access tokens are insisted on': [
    idToken,
    ['--token-type', 'at+jwt'],
    'claim_invalid',
    'looks like an ID token, for the client "app-1"',
    'getAccessToken(resource)',
  ],
  'an ID token where scopes are required of the client’s id': [
    idToken,
    ['--audience', 'app-1', '--scope', 'read'],
    'scope_missing',
    'looks like an ID token, for the client "app-1"',
  ],
  'an ID token where the client’s id is the audience': [
    idToken,
    ['--audience', 'app-1'],
    null,
    'looks like an ID token, for the client "app-1"',
    'set your API’s indicator',
  ],
  'a logout token': [
    ({ issuer }) =>
      issuer.issueToken({
        audience: 'app-1',
        client_id: undefined,
        scope: undefined,
        events: {},
        header: { typ: 'logout+jwt' },
      }),
    [],
    'claim_invalid',
    'This is a logout token',
  ],
  'a personal access token': [
    () => PAT,
    [],
    'token_opaque',
    'This is a personal access token',
    '/oidc/token, as an app that may exchange tokens',
    'subject_token_type=urn:logto:token-type:personal_access_token',
    `resource=${API}`,
  ],
  'a subject token': [
    () => PAT.replace('pat', 'sub'),
    [],
    'token_opaque',
    'This is a subject token',
    'subject_token_type=urn:ietf:params:oauth:token-type:access_token',
  ],
  'a token of a custom domain': [
    ({ issuer }) => issuer.issueToken({ iss: 'https://auth.example.com/oidc' }),
    [],
    'issuer_invalid',
    'calls it "https://auth.example.com/oidc"',
    'custom domain',
    'accept it, too: issuer: ["http://127.0.0.1:',
  ],
  'a token of a custom domain, accepted': [
    ({ issuer }) => issuer.issueToken({ iss: 'https://auth.example.com/oidc' }),
    ['--issuer', 'https://auth.example.com/oidc', '--issuer', 'b'],
    null,
    'Accepted',
  ],
  'a token whose issuer has a slash more': [
    ({ issuer }) => issuer.issueToken({ iss: `${issuer.issuer}/` }),
    [],
    'issuer_invalid',
    'differ in the trailing slash alone',
  ],
  'a token that has just expired': [
    ({ issuer }) => issuer.issueToken({ expiresIn: -5 }),
    [],
    'token_expired',
    'expired',
    'clockTolerance',
    'Get a new token',
  ],
  'a token that expired long ago': [
    ({ issuer }) => issuer.issueToken({ expiresIn: -3 * 86_400 - 60 }),
    [],
    'token_expired',
    'It expired 3 days ago',
  ],
  'a token of tomorrow': [
    ({ issuer }) => issuer.issueToken({ nbf: Math.floor(Date.now() / 1000) + 3 * 3_600 }),
    [],
    'token_not_yet_valid',
    'It is valid in 3 hours',
  ],
  'a token of another tenant': [
    ({ stranger }) => stranger.issueToken(),
    [],
    'key_not_found',
    'another tenant',
    'Set logtoUrl to the tenant',
  ],
  'a token of a key that was rotated out': [
    ({ withdrawn }) => withdrawn,
    [],
    'key_not_found',
    'the keys were rotated',
    'Get a new token',
  ],
  'a token under another key’s name': [
    ({ issuer }) => issuer.issueToken({ header: { alg: 'RS256' } }),
    [],
    'algorithm_not_allowed',
    'signed with "RS256", which does not fit the key',
  ],
  'a token without a signature': [
    () => `${encode({ alg: 'none' })}.${encode({ sub: 'ann' })}.`,
    [],
    'algorithm_not_allowed',
    'signed with "none", as no Logto token is',
  ],
  'a token that was changed': [
    ({ issuer }) => forged(issuer.issueToken(), { sub: 'admin' }),
    [],
    'signature_invalid',
    'it was changed on the way',
  ],
  'a token without the scopes': [
    ({ issuer }) => issuer.issueToken({ scope: 'read' }),
    ['--scope', 'read admin:write'],
    'scope_missing',
    'lacks the scope "admin:write"; it has "read"',
    'a role with that permission',
  ],
  'a token without any scope': [
    ({ issuer }) => issuer.issueToken(),
    ['--scope', 'read'],
    'scope_missing',
    'lacks the scope "read"; it has none',
  ],
  'a token of the organization that is asked for': [
    ({ issuer }) => issuer.issueToken({ organization: 'org-1' }),
    ['--organization', 'org-1'],
    null,
    'Accepted',
  ],
  'a token of another organization': [
    ({ issuer }) => issuer.issueToken({ organization: 'org-2' }),
    ['--organization', 'org-1'],
    'organization_invalid',
    'of the organization "org-2", and the API asks for one of the organization "org-1"',
    'getAccessToken(resource, organizationId)',
  ],
  'a token of no organization': [
    ({ issuer }) => issuer.issueToken(),
    ['--any-organization'],
    'organization_invalid',
    'of no organization, or not clear of which',
    'and no global role',
  ],
  'a token of an organization where none is wanted': [
    ({ issuer }) => issuer.issueToken({ organization: 'org-2' }),
    ['--no-organization'],
    'organization_invalid',
    'asks for one that is of none',
    'without an organization id',
  ],
  'a token of a client that may call': [
    ({ issuer }) => issuer.issueToken({ client_id: 'app-2' }),
    ['--client-id', 'app-1', '--client-id', 'app-2'],
    null,
    'Accepted',
  ],
  'a token of another client': [
    ({ issuer }) => issuer.issueToken({ client_id: 'app-2' }),
    ['--client-id', 'app-1'],
    'client_invalid',
    'issued to the client "app-2"',
    'the App ID of the application',
  ],
  'a machine’s token where a user is wanted': [
    ({ issuer }) => issuer.issueToken({ sub: 'job-1', client_id: 'job-1' }),
    ['--subject-type', 'user'],
    'subject_type_invalid',
    'This is a machine’s token: its sub is its client_id',
  ],
  'a user’s token where a machine is wanted': [
    ({ issuer }) => issuer.issueToken(),
    ['--subject-type', 'client'],
    'subject_type_invalid',
    'This is a user’s token',
  ],
  'a token by which somebody acts for a user': [
    ({ issuer }) => issuer.issueToken({ act: { sub: 'support-1' } }),
    ['--no-actor'],
    'actor_invalid',
    '"support-1" acts for its subject',
  ],
  'a token that never expires': [
    ({ issuer }) => issuer.issueToken({ exp: undefined }),
    [],
    'claim_invalid',
    'Its exp is not what it has to be',
  ],
  'a token of another type': [
    ({ issuer }) => issuer.issueToken({ header: { typ: 'JWT' } }),
    ['--token-type', 'at+jwt'],
    'claim_invalid',
    'Its typ is not what it has to be',
  ],
  'an encrypted token': [
    () => `${encode({ alg: 'dir', enc: 'A256GCM' })}..aaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbb.cccccccccccccccc`,
    [],
    'token_malformed',
    'This is an encrypted token (a JWE, in five parts)',
  ],
  garbage: [() => 'not a token at all', [], 'token_malformed', 'not a well-formed token'],
  'half a token': [({ issuer }) => issuer.issueToken().split('.')[0], [], 'token_opaque', 'up to its first dot'],
  'a token without its end': [({ issuer }) => issuer.issueToken().slice(0, -8), [], 'signature_invalid', 'cut short'],
}

test('the doctor says which engine verifies, and why it is not the native one', async (t) => {
  const issuer = await createTestIssuer()
  t.after(() => issuer.close())
  const args = ['doctor', '--logto-url', issuer.logtoUrl, '--audience', issuer.audience]
  const reportOf = async (env) => JSON.parse((await runCli([...args, '--json'], { env })).stdout)
  const given = { LOGTO_TOKEN: issuer.issueToken() }
  const native = await reportOf(given)
  assert.deepEqual([native.engine, native.engineProblem, native.outcome], ['native', null, 'accepted'])
  const portable = await reportOf({ ...given, NODE_OPTIONS: WITHOUT_ADDON })
  assert.deepEqual([portable.engine, portable.outcome], ['portable', 'accepted'])
  assert.match(portable.engineProblem, /The native addon of logto-authkit did not load on/)
  const { stdout, stderr } = await runCli(args, { env: { NODE_OPTIONS: WITHOUT_ADDON } })
  assert.match(stdout, /\(the portable engine verifies here\. The native addon/)
  assert.equal(stderr, '')
})

/** Text around a token, by the name that the doctor has for it. */
const WRAPPINGS = {
  'the word "Bearer" before it': (token) => `Bearer ${token}`,
  'the name of the header before it, the word "Bearer" before it': (token) => `Authorization: bearer ${token}`,
  'quotation marks around it': (token) => `"${token}"`,
  'white space around it': (token) => ` ${token}\n`,
  'line breaks or spaces within': (token) => `${token.slice(0, 80)}\n${token.slice(80)}`,
  'the cookie it was in': (token) => `a=b; logto_authtoken=${token}; c=d`,
  'the cookie it was in, percent-encoded dots': (token) => `Cookie: logto_authtoken=${token.replaceAll('.', '%2E')}`,
  'the JSON it was in': (token) => JSON.stringify({ token_type: 'Bearer', access_token: token, expires_in: 3600 }),
}

const USAGE = {
  'no command': [[], /the commands are/],
  'another command': [['cure'], /the commands are/],
  'no options': [['doctor'], /^--logto-url: is not set/],
  'a URL from a variable that is not set': [
    ['doctor', '--logto-url', '', '--audience', 'a'],
    /^--logto-url: is not set/,
  ],
  'the URL of the keys': [
    ['doctor', '--logto-url', 'https://tenant.example/oidc/jwks', '--audience', 'a'],
    /^--logto-url: the endpoint is https:\/\/tenant\.example, without \/oidc\/jwks/,
  ],
  'no audience': [['doctor', '--logto-url', 'http://127.0.0.1:9'], /^--audience: /],
  'an empty audience': [['doctor', '--logto-url', 'http://127.0.0.1:9', '--audience', ''], /^--audience: /],
  'a URL that is none': [['doctor', '--logto-url', 'tenant.example', '--audience', 'a'], /^--logto-url: /],
  'a URL with a password': [
    ['doctor', '--logto-url', 'https://user:hunter2@tenant.example', '--audience', 'a'],
    /^--logto-url: credentials/,
  ],
  'a tolerance that is no number': [
    ['doctor', '--logto-url', 'http://127.0.0.1:9', '--audience', 'a', '--clock-tolerance', ''],
    /^--clock-tolerance: /,
  ],
  'a scope that is none': [
    ['doctor', '--logto-url', 'http://127.0.0.1:9', '--audience', 'a', '--scope', ' '],
    /^--scope: /,
  ],
  'an organization that is none': [
    ['doctor', '--logto-url', 'http://127.0.0.1:9', '--audience', 'a', '--organization', ''],
    /^--organization: /,
  ],
  'two answers to one question': [
    ['doctor', '--logto-url', 'http://127.0.0.1:9', '--audience', 'a', '--organization', 'b', '--no-organization'],
    /exclude each other/,
  ],
  'a subject type that is none': [
    ['doctor', '--logto-url', 'http://127.0.0.1:9', '--audience', 'a', '--subject-type', 'admin'],
    /^--subject-type: /,
  ],
  'an issuer beside several tenants': [
    [
      'doctor',
      '--logto-url',
      'http://127.0.0.1:9',
      '--logto-url',
      'http://127.0.0.1:8',
      '--audience',
      'a',
      '--issuer',
      'b',
    ],
    /^--issuer: not beside a list of tenants/,
  ],
  'an empty token': [['doctor', '--token', ''], /^--token is empty/],
  'an empty input': [['doctor', '--token', '-'], /^--token -: nothing came/],
  'a token in the wrong place': [
    ['doctor', `eyJhbGciOiJFUzM4NCJ9.${OPAQUE}.${OPAQUE}`],
    /a token is given with --token/,
  ],
  'a token as an option': [['doctor', `--${OPAQUE}`], /an option that is not known/],
  'a token for a flag': [['doctor', `--json=${OPAQUE}`], /^an option lacks its value/],
}

describe('the doctor', { timeout: 300_000 }, () => {
  const world = {}
  before(async () => {
    world.issuer = await createTestIssuer()
    world.stranger = await createTestIssuer()
    world.withdrawn = world.issuer.issueToken()
    await world.issuer.rotateKeys({ withdraw: true })
  })
  after(() => Promise.all([world.issuer.close(), world.stranger.close()]))

  test('finds a tenant in order, without a token', async () => {
    const { text, report } = await askDoctor(world.issuer)
    assert.deepEqual([report.exitCode, report.outcome, report.token, report.verdict], [0, 'ok', null, null])
    assert.deepEqual(report.issuer.found, world.issuer.issuer)
    const { reachable, problem, status, usable, unusable, url } = report.keys
    assert.deepEqual([reachable, problem, status, unusable], [true, null, 200, []])
    assert.deepEqual([url, usable.length, usable[0].algorithms], [`${world.issuer.issuer}/jwks`, 1, ['ES384']])
    assert.match(text, /1 usable key: ES384 "[\w-]{43}"/)
    assert.match(text, /clock agrees/)
    assert.match(text, /No token was given/)
  })

  for (const [name, [make, args, code, ...phrases]] of Object.entries(TOKENS)) {
    test(`says of ${name}: ${code ?? 'accepted'}`, async () => {
      const { text, report } = await askDoctor(world.issuer, { token: make(world), args })
      assert.equal(report.verdict.code, code)
      assert.deepEqual([report.verdict.accepted, report.exitCode], code === null ? [true, 0] : [false, 1])
      assert.equal(report.outcome, code === null ? 'accepted' : 'refused')
      if (code !== null) assert.match(text, new RegExp(`^Refused: ${code}$`, 'm'))
      assert.equal(report.page, code === null ? null : join('docs/errors', `${code}.md`))
      const told = [report.verdict.explanation, ...report.verdict.advice].join('\n')
      for (const phrase of phrases) assert.ok(text.includes(phrase), text)
      for (const phrase of phrases) assert.ok(told.includes(phrase) || phrase === 'Accepted', told)
    })
  }

  test('knows organization tokens where no audience is given', async () => {
    const { issuer } = world
    const token = issuer.issueToken({ organizationToken: 'org-1' })
    const args = ['doctor', '--logto-url', issuer.logtoUrl, '--json', '--organization']
    const [good, bad] = await Promise.all(
      ['org-1', 'org-2'].map((id) => runCli([...args, id], { env: { LOGTO_TOKEN: token } })),
    )
    assert.equal(JSON.parse(good.stdout).outcome, 'accepted')
    const { verdict } = JSON.parse(bad.stdout)
    assert.equal(verdict.code, 'organization_invalid')
    assert.match(verdict.explanation, /^The token is of the organization "org-1"/)
  })

  test('tells how a token is exchanged for an organization token', async () => {
    const args = ['doctor', '--logto-url', world.issuer.logtoUrl, '--json', '--organization', 'org-1']
    const { verdict } = JSON.parse((await runCli(args, { env: { LOGTO_TOKEN: PAT } })).stdout)
    assert.match(verdict.advice.join(), /personal_access_token, organization_id=<the organization’s id>\.$/)
  })

  describe('with several tenants', () => {
    const ask = (token) => {
      const { issuer, stranger } = world
      return askDoctor(issuer, { token, args: ['--logto-url', `${stranger.logtoUrl}/`] })
    }

    test('examines each, and explains a token by the one that it names', async () => {
      const { issuer, stranger } = world
      const { text, report } = await ask(stranger.issueToken({ sub: 'eve' }))
      assert.deepEqual([report.outcome, report.logtoUrl], ['accepted', stranger.logtoUrl])
      assert.deepEqual(
        report.tenants.map(({ logtoUrl, keys }) => [logtoUrl, keys.reachable]),
        [
          [issuer.logtoUrl, true],
          [stranger.logtoUrl, true],
        ],
      )
      assert.equal(text.match(/^The tenant /gm).length, 2)
      assert.match(text, /lets "eve" in/)
      const { report: ofNone } = await ask()
      assert.deepEqual([ofNone.outcome, ofNone.logtoUrl], ['ok', issuer.logtoUrl])
    })

    test('says that a token is of none of them', async () => {
      const { issuer } = world
      const { report } = await ask(issuer.issueToken({ iss: 'https://other.example/oidc' }))
      assert.equal(report.verdict.code, 'issuer_invalid')
      assert.match(report.verdict.explanation, /^It says that it is from "https:\/\/other\.example\/oidc"; accepted: /)
      assert.match(report.verdict.advice.join(), /add its endpoint to logtoUrl/)
      const { report: slash } = await ask(issuer.issueToken({ iss: `${issuer.issuer}/` }))
      assert.match(slash.verdict.explanation, /They differ in the trailing slash alone\.$/)
      const { report: silent } = await ask(issuer.issueToken({ iss: undefined }))
      assert.match(silent.verdict.explanation, /^It does not say who issued it; accepted: /)
    })

    test('says which is down, and judges the other’s token all the same', async (t) => {
      const { issuer, stranger } = world
      await issuer.goDown()
      t.after(() => issuer.goUp())
      const { report } = await ask(stranger.issueToken())
      assert.deepEqual([report.outcome, report.exitCode, report.verdict.accepted], ['tenant_unusable', 2, true])
      assert.equal(report.page, join('docs/errors/jwks_unavailable.md'))
      assert.deepEqual(
        report.tenants.map(({ keys }) => keys.problem),
        ['refused', null],
      )
    })
  })

  for (const [name, wrap] of Object.entries(WRAPPINGS)) {
    test(`says that a token has ${name}, and gives the verdict on the token alone`, async () => {
      const token = world.issuer.issueToken({ expiresIn: -7_200 })
      const secrets = [token, token.split('.')[2]]
      const { text, report } = await askDoctor(world.issuer, { token: wrap(token), secrets })
      assert.equal(report.exitCode, 1)
      assert.equal(report.verdict.code, 'token_malformed')
      assert.ok(report.verdict.explanation.includes(`: it has ${name}.`), report.verdict.explanation)
      assert.equal(report.verdict.tokenAlone.code, 'token_expired')
      assert.equal(report.page, join('docs/errors/token_expired.md'))
      assert.match(text, /^The token alone\nRefused: token_expired\n {2}It expired 2 hours ago/m)
    })
  }

  test('names the page of the refusal where the token alone is accepted', async () => {
    const { report } = await askDoctor(world.issuer, { token: `"${world.issuer.issueToken()}"` })
    assert.equal(report.verdict.tokenAlone.accepted, true)
    assert.equal(report.page, join('docs/errors/token_malformed.md'))
  })

  test('names the page by its path from the working directory', async () => {
    const { logtoUrl } = world.issuer
    const args = ['doctor', '--logto-url', logtoUrl, '--audience', 'another']
    const env = { LOGTO_TOKEN: world.issuer.issueToken() }
    const cwd = join(__dirname, 'support')
    const { stdout } = await runCli(args, { env, cwd })
    assert.equal(stdout.trimEnd().split('\n').at(-1), `More: ${join('../../docs/errors/audience_invalid.md')}`)
  })

  test('shows the header and the claims of a token, and says that they are not proven', async () => {
    const token = world.stranger.issueToken({ sub: 'ann', roles: ['a', 'b'] })
    const { text, report } = await askDoctor(world.issuer, { token })
    assert.deepEqual(report.token.header.alg, 'ES384')
    assert.deepEqual([report.token.format, report.token.characters], ['jws', token.length])
    assert.deepEqual([report.token.claims.sub, report.token.claims.roles], ['ann', ['a', 'b']])
    assert.match(text, /^The token claims \(nothing of this is proven\)$/m)
    assert.match(text, /^ {2}claim {4}roles: \["a","b"\]$/m)
  })

  test('takes the token from the arguments, from the input, and from the environment', async () => {
    const token = world.issuer.issueToken()
    const tenant = ['doctor', '--logto-url', world.issuer.logtoUrl, '--audience', API]
    const runs = await Promise.all([
      runCli([...tenant, '--token', token]),
      runCli([...tenant, '--token', '-'], { input: `${token}\n` }),
      runCli([...tenant, '--token', '-'], { input: `${token}\r\n`, env: { LOGTO_TOKEN: 'another' } }),
      runCli(tenant, { env: { LOGTO_TOKEN: token } }),
      runCli([...tenant, `--token=${token}`]),
    ])
    for (const { exitCode, stdout } of runs) {
      assert.match(stdout, /^Accepted$/m)
      assert.equal(exitCode, 0)
      assert.ok(!stdout.includes(token.split('.')[2]))
    }
  })

  describe('with a hostile token', () => {
    const EVIL = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202eevil\u2028\u200b\ufeff\r\n\u{e0041}\ud800'
    const makers = {
      'control characters in claims, their names and the header': () =>
        world.issuer.issueToken({ sub: EVIL, [EVIL]: EVIL, header: { note: EVIL } }),
      'control characters in what is explained': () => world.issuer.issueToken({ aud: EVIL, iss: EVIL }),
      'control characters in its kid': () => world.issuer.issueToken({ header: { kid: EVIL } }),
      'control characters in its alg': () => `${encode({ alg: EVIL })}.${encode({})}.AAAA`,
      'control characters instead of parts': () => EVIL,
      'a __proto__ claim': () =>
        `${encode({ alg: 'ES384' })}.${Buffer.from('{"__proto__":{"outcome":"ok"},"toString":1}').toString('base64url')}.AAAA`,
      'claims of the wrong type': () =>
        world.issuer.issueToken({ sub: {}, aud: { a: 1 }, iss: [1], exp: 'soon', scope: null, header: { kid: 5 } }),
      'claims that are no object': () => `${encode({ alg: 'ES384' })}.${encode([1, 2])}.AAAA`,
      'a header that is no object': () => `${encode(null)}.${encode(5)}.AAAA`,
    }
    for (const [name, make] of Object.entries(makers)) {
      test(`with ${name}, prints nothing that a terminal obeys`, async () => {
        const { report } = await askDoctor(world.issuer, { token: make().replaceAll('\0', '') })
        assert.ok(['accepted', 'refused'].includes(report.outcome), JSON.stringify(report))
      })
    }

    test('keeps a __proto__ claim among the token’s claims', async () => {
      const token = `${encode({ alg: 'ES384' })}.${Buffer.from('{"__proto__":{"x":1}}').toString('base64url')}.AAAA`
      const { report } = await askDoctor(world.issuer, { token })
      assert.deepEqual(Object.keys(report.token.claims), ['__proto__'])
    })

    test('cuts long values, and many claims', async () => {
      const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`claim-${index}`, index]))
      const token = world.issuer.issueToken({ long: 'x'.repeat(5_000), list: Array(900).fill('y'), ...many })
      const { text, report } = await askDoctor(world.issuer, { token })
      assert.equal(report.exitCode, 0)
      assert.ok(text.length < 8_000, `${text.length}`)
      assert.match(report.token.claims.long, /^x{200}… \(5000 characters\)$/)
    })

    test('hides passwords and other tokens that it carries', async () => {
      const other = world.stranger.issueToken()
      const claims = { url: 'https://user:hunter2@db.example/', proof: `token ${other}`, iss: 'https://a:hunter2@b' }
      const secrets = ['hunter2', other.split('.')[1].slice(0, 60)]
      await askDoctor(world.issuer, { token: world.issuer.issueToken(claims), secrets })
      const args = ['--issuer', 'https://a:hunter2@tenant.example/oidc']
      await askDoctor(world.issuer, { token: world.issuer.issueToken(), args, secrets })
    })

    test('keeps the names in its JSON, even if the signature contains words of the report', async () => {
      const token = `${encode({ alg: 'ES384' })}.${encode({})}.tenant_unusable_`
      const { report } = await askDoctor(world.issuer, { token })
      assert.ok('findings' in report && 'verdict' in report)
    })
  })

  for (const [name, [args, message]] of Object.entries(USAGE)) {
    test(`exits with 3 for ${name}, and repeats no secret of the arguments`, async () => {
      const [told, json] = await Promise.all([runCli(args), runCli([...args, '--json'])])
      assert.deepEqual([told.exitCode, json.exitCode, told.stdout], [3, 3, ''])
      assert.match(told.stderr, message)
      const { outcome, exitCode, message: said } = JSON.parse(json.stdout)
      assert.deepEqual([outcome, exitCode], ['usage_error', 3])
      assert.match(said, message)
      for (const secret of ['hunter2', OPAQUE]) assert.ok(!`${told.stderr}${json.stdout}`.includes(secret))
    })
  }

  test('prints a help text that names the options and exit codes', async () => {
    for (const args of [
      ['doctor', '--help'],
      ['doctor', '-h'],
    ]) {
      const { exitCode, stdout, stderr } = await runCli(args)
      assert.deepEqual([exitCode, stderr], [0, ''])
      assert.match(stdout, /--logto-url <url>/)
      assert.match(stdout, /Exit code: 0 /)
      assert.ok(stdout.split('\n').every((line) => line.length <= 90))
    }
  })
})
