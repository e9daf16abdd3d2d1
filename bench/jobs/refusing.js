'use strict'

const { randomBytes } = require('node:crypto')
const { warmPace } = require('../support/pace')
const { tampered } = require('../support/tampered')
const { readTokens } = require('../support/tokens')

const GARBAGE = 1_000

module.exports = {
  name: 'refusing',
  title: 'Refusing',
  note:
    'Expired: a hundred tokens, replayed in turn. Bad signature: every token is another. Garbage: a thousand strings ' +
    'of noise in turn, half of them in three segments. One by one, awaited.',
  algorithms: ['ES384'],
  cases: ({ algorithms, tokens }) => algorithms.map((alg) => ({ alg, tenants: 1, keys: 1, tokens: tokens[alg] })),
  tables: (algorithms) =>
    algorithms.map((alg) => ({
      heading: alg,
      unit: '/s',
      columns: [
        { label: 'expired', alg, metric: 'expired' },
        { label: 'bad signature', alg, metric: 'badSignature' },
        { label: 'garbage', alg, metric: 'garbage' },
      ],
    })),

  async measure({ contender, world, settings }) {
    const verify = await contender.verifier(world.tenants[0])
    const tokens = readTokens(world.tokens)
    await verify(tokens[0])
    const rate = (refused) => warmPace((index) => refuse(verify, refused[index % refused.length]), settings)
    return {
      expired: await rate(world.refused.expired),
      badSignature: await rate(tokens.map(tampered)),
      garbage: await rate(Array.from({ length: GARBAGE }, (_, index) => garbage(index))),
    }
  },
}

async function refuse(verify, token) {
  try {
    await verify(token)
  } catch {
    return
  }
  throw new Error('accepted what is to be refused')
}

function garbage(index) {
  const noise = (size) => randomBytes(size).toString('base64url')
  return index % 2 === 0 ? noise(32) : `${noise(90)}.${noise(180)}.${noise(96)}`
}
