'use strict'

// Random walks of the native engine's state machine (src/jwks/state/tests/traces.rs), walked again by the portable engine's:
// the same questions at the same moments have the same answers.

const assert = require('node:assert/strict')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { mock, test } = require('node:test')
const { FetchError } = require('../js/engines/portable/jwks/fetch')
const { State } = require('../js/engines/portable/jwks/state')

/** What a state is asked in a walk, by the name of the question. Each returns the answer in the walk's form. */
class Walker {
  #state = new State()
  #policies
  #now
  /** The key sets, by their name in the walk. */
  #sets = []

  constructor(callers) {
    this.#policies = callers.map(([jwksCacheTtlMs, jwksMaxStaleMs]) => ({ jwksCacheTtlMs, jwksMaxStaleMs }))
  }

  now(monotonic, wall) {
    this.#now = { monotonic, wall }
  }

  anew() {
    this.#state = new State()
  }

  lookUp(caller) {
    return this.#named(this.#state.lookUp(this.#policies[caller], this.#now))
  }

  lookUpUnknownKid(caller, seen) {
    const plan = this.#state.lookUpUnknownKid(this.#policies[caller], this.#sets[seen], this.#now)
    return plan === undefined ? null : this.#named(plan)
  }

  afterWait(caller, isOutage) {
    try {
      return ['serve', this.#nameOf(this.#state.afterWait(this.#policies[caller], isOutage, this.#now))]
    } catch (error) {
      return refused(error)
    }
  }

  takeOff() {
    this.#state.takeOff(this.#now)
  }

  /** `set`: the name of the keys that the flight brings. An engine keeps the set that it has where the answer is the same, so one
   * name may come again. */
  land(failure, draw, set) {
    const landed = failure === null ? { keys: this.#set(set) } : { error: failureOf(failure) }
    const random = mock.method(Math, 'random', () => draw)
    this.#state.land(landed, this.#now)
    const isDrawn = random.mock.callCount() > 0
    random.mock.restore()
    const failures = this.#state.status('', this.#now).failure?.count ?? 0
    // Only a flight that is not lost has a part in what comes, and so a random number.
    return [isDrawn ? (failure === null ? 'arrived' : 'failed') : 'lost', failures]
  }

  #set(name) {
    // Keys that a lost flight brings have no name: nobody sees them.
    const set = { name: name ?? 'nobody', count: 1, isSameAs: (other) => other.name === name }
    if (name !== null) this.#sets[name] ??= set
    return set
  }

  #nameOf(keys) {
    return this.#sets.indexOf(keys)
  }

  #named({ keys, refresh, refusal }) {
    if (refusal !== undefined) return refused(refusal)
    return keys === undefined ? ['fly'] : ['serve', this.#nameOf(keys), refresh]
  }
}

function refused(error) {
  assert.equal(error.code, 'jwks_unavailable')
  return ['refuse', error.retryAfterSeconds]
}

function failureOf([isOutage, retryAfterSeconds]) {
  const retryAfterMs = retryAfterSeconds === null ? undefined : retryAfterSeconds * 1_000
  return new FetchError('a failure', isOutage, retryAfterMs)
}

const walks = readFileSync(join(__dirname, 'state-traces.jsonl'), 'utf8').trim().split('\n')

for (const [number, walk] of walks.entries()) {
  test(`walk ${number} is the same on both engines`, () => {
    const { callers, trace } = JSON.parse(walk)
    const walker = new Walker(callers)
    for (const [place, [question, asked, expected]] of trace.entries()) {
      const answer = walker[question](...asked)
      assert.deepEqual(answer ?? null, expected ?? null, `${place}: ${question}(${JSON.stringify(asked)})`)
    }
  })
}
