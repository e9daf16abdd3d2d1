'use strict'

// Mutated tokens, judged by both engines of this package and by jose. DIFFERENTIAL_SEED and DIFFERENTIAL_ROUNDS override the defaults.
// The seed decides which mutations are made to which kinds of tokens. The keys are new in each run, so a failure prints
// them.

const assert = require('node:assert/strict')
const { after, before, describe, test } = require('node:test')
const { isDeepStrictEqual } = require('node:util')
const jose = require('jose')
const { AuthError, createVerifier } = require('logto-authkit')
const { DIFFERENCES, classify, read } = require('./hostile/differences')
const { assemble, signerOf, withChanges } = require('./hostile/forge')
const { MUTATIONS } = require('./hostile/mutations')
const { Random } = require('./hostile/random')
const { createKey, startTenant } = require('./support/tenant')

const SEED = process.env.DIFFERENTIAL_SEED ?? '1'
const ROUNDS = Number(process.env.DIFFERENTIAL_ROUNDS ?? 5_000)

const IS_USUAL = SEED === '1' && ROUNDS === 5_000

/** An issuer without a port, so that tokens have the same length in each run. */
const ISSUER = 'https://tenant.example/oidc'

const SIGNING = ['ES384', 'ES256', 'RS256', 'PS256', 'EdDSA']
const ALL = [...SIGNING, 'RS384', 'RS512', 'PS384', 'PS512', 'ES512', 'Ed25519']

/** Tokens whose times are this close to now are not compared, since jose's clock has whole seconds only. */
const CLOCK_SECONDS = 60

/** One tenant whose JWKs name their algorithm, and one whose JWKs do not. */
const TENANTS = { 'JWKs with alg': {}, 'JWKs without alg': { alg: undefined, use: undefined } }

for (const [name, jwkChanges] of Object.entries(TENANTS)) {
  describe(`mutated tokens, ${name}`, () => {
    let tenant
    let keys
    let ours
    let portable
    let theirs
    before(async () => {
      tenant = await startTenant()
      keys = await Promise.all(SIGNING.map((alg) => createKey(alg, jwkChanges)))
      tenant.keys = keys.map(({ alg, jwk }) => ({ alg, jwk: withChanges(jwk, {}) }))
      const options = { ...tenant.options, issuer: ISSUER }
      ours = createVerifier({ ...options, engine: 'native' })
      portable = createVerifier({ ...options, engine: 'portable' })
      await Promise.all([ours.prefetch(), portable.prefetch()])
      const set = jose.createLocalJWKSet({ keys: tenant.keys.map(({ jwk }) => jwk) })
      const expected = { algorithms: ALL, issuer: ISSUER, audience: tenant.audience }
      theirs = (token) => jose.jwtVerify(token, set, { ...expected, requiredClaims: ['exp', 'sub'] })
    })
    after(() => tenant.close())

    /** A good token of a random key, and its parts. */
    function subjectOf(random) {
      const key = random.pick(keys)
      const typ = random.pick(['at+jwt', 'JWT', 'application/at+jwt', undefined])
      const kid = random.chance(6) ? undefined : key.jwk.kid
      const header = JSON.stringify(withChanges({ alg: key.alg, kid, typ }, {}))
      const aud = random.pick([tenant.audience, ['app-1', tenant.audience]])
      const nbf = random.pick([undefined, 0])
      const payload = JSON.stringify(tenant.claims({ iss: ISSUER, aud, nbf, exp: 9_999_999_999, iat: 1_700_000_000 }))
      return { key, header, payload, token: assemble(header, payload, signerOf(key)) }
    }

    test('are never accepted if jose refuses them, and refused for a known reason if only jose accepts them', async (t) => {
      t.diagnostic(`DIFFERENTIAL_SEED=${SEED} DIFFERENTIAL_ROUNDS=${ROUNDS}`)
      const random = new Random(`${SEED} ${name}`)
      const counts = { 'accepted by both': 0, 'refused by both': 0 }
      for (let round = 0; round < ROUNDS / 2; round += 1) {
        const mutation = random.pick(Object.keys(MUTATIONS))
        const token = MUTATIONS[mutation](random, { ...subjectOf(random), another: subjectOf(random) })
        const verdicts = { ours: await verdict(ours.verify(token)), theirs: await verdict(theirs(token)) }
        const { kind, isExplained } = compare(token, verdicts)
        if (!isExplained) assert.fail(explain({ keys: tenant.keys, kind, round, mutation, token, ...verdicts }))
        const twin = told(await verdict(portable.verify(token)))
        assert.deepEqual(
          twin,
          told(verdicts.ours),
          `the engines differ (seed ${SEED}, round ${round}, ${mutation}): ${token}`,
        )
        counts[kind] = (counts[kind] ?? 0) + 1
      }
      for (const [kind, count] of Object.entries(counts)) t.diagnostic(`${kind}: ${count}`)
      assert.ok(counts['accepted by both'] >= ROUNDS / 40, 'enough good tokens for the comparison to mean anything')
      assert.ok(counts['refused by both'] >= ROUNDS / 40, 'enough bad tokens for the comparison to mean anything')
      if (IS_USUAL) assert.deepEqual(missing(counts), [], 'each difference on the list is one that exists')
    })
  })
}

async function verdict(promise) {
  return promise.then(
    ({ payload }) => ({ payload }),
    (error) => ({ error }),
  )
}

/** All of a verdict but the time at which it was reached. */
function told({ payload, error }) {
  return payload ?? { ...error, message: error.message, details: { ...error.details, now: undefined } }
}

function compare(token, { ours, theirs }) {
  if (ours.error !== undefined && !(ours.error instanceof AuthError)) return { kind: 'a crash', isExplained: false }
  if (ours.error !== undefined && theirs.error !== undefined) return { kind: 'refused by both', isExplained: true }
  if (ours.error === undefined && theirs.error === undefined) {
    return { kind: 'accepted by both', isExplained: isDeepStrictEqual(ours.payload, theirs.payload) }
  }
  if (isCloseToTheClock(token)) return { kind: 'too close to the clock', isExplained: true }
  if (ours.error === undefined) return { kind: 'accepted by us alone', isExplained: false }
  const difference = classify(token, ours.error)
  return { kind: difference?.name ?? 'accepted by jose alone', isExplained: difference !== undefined }
}

function isCloseToTheClock(token) {
  const { exp, nbf } = read(token).payload
  return [exp, nbf].some((time) => typeof time === 'number' && Math.abs(time - Date.now() / 1000) < CLOCK_SECONDS)
}

function missing(counts) {
  return DIFFERENCES.filter(({ name, isRare }) => !isRare && counts[name] === undefined).map(({ name }) => name)
}

function explain({ keys, round, mutation, token, kind, ours, theirs }) {
  const [header, payload] = token.split('.', 2).map((part) => Buffer.from(part, 'base64url').toString().slice(0, 400))
  const words = ({ error, payload }) =>
    error ? `${error.code ?? error.stack}: ${error.message}` : JSON.stringify(payload)
  return [
    `${kind} (seed ${SEED}, round ${round}, ${mutation})`,
    `token: ${token.slice(0, 8_000)}`,
    `keys: ${JSON.stringify(keys.map(({ jwk }) => jwk))}`,
    `header: ${header}`,
    `payload: ${payload}`,
    `ours: ${words(ours)} ${JSON.stringify(ours.error?.details)}`,
    `jose: ${words(theirs)}`,
  ].join('\n')
}
