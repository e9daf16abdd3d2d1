'use strict'

const { ALGORITHMS } = require('../support/keys')
const { readTokens } = require('../support/tokens')
const { tampered } = require('../support/tampered')

/** Measures nothing, but ends the run if a contender checks less than the others: it would win unfairly. */
module.exports = {
  name: 'same-checks',
  maxRounds: 1,
  algorithms: ALGORITHMS,
  cases: ({ algorithms, tokens }) => algorithms.map((alg) => ({ alg, tenants: 1, keys: 1, tokens: tokens[alg] })),

  async measure({ contender, world }) {
    const verify = await contender.verifier(world.tenants[0])
    const [token] = readTokens({ ...world.tokens, count: 1 })
    const { sub, userId = sub } = await verify(token)
    if (userId !== 'user-1') throw new Error(`${contender.name} gives ${userId} for user-1`)
    const { expired, issuer, audience } = world.refused
    for (const refused of [expired[0], issuer[0], audience[0], tampered(token), 'garbage']) {
      if (await accepts(verify, refused)) throw new Error(`${contender.name} accepts ${refused}`)
    }
    return {}
  },
}

async function accepts(verify, token) {
  try {
    await verify(token)
    return true
  } catch {
    return false
  }
}
