'use strict'

const { readTokens } = require('../support/tokens')
const { stepFor, takeTurns } = require('../support/turns')

/** The tokens of this job are of an organization. */
const CLAIMS = { organization_id: 'org-1' }

/** What an app may ask beyond the signature, the issuer, the audience and the expiry: the options of each column. */
const ASKED = {
  nothing: () => ({}),
  organization: () => ({ organization: 'org-1' }),
  organizationOf: () => ({ organization: () => 'org-1' }),
  caller: () => ({ clientId: 'app-1', subjectType: 'user', allowActor: false }),
  check: () => ({ check: ({ userId }) => userId === 'user-1' }),
  tenants: ([first, second]) => ({ logtoUrl: [first.logtoUrl, second.logtoUrl] }),
}

const LABELS = {
  nothing: 'nothing more',
  organization: '`organization`',
  organizationOf: '`organization`, a function',
  caller: '`clientId`, `subjectType`, `allowActor`',
  check: '`check`',
  tenants: 'one of two tenants',
}

module.exports = {
  name: 'authorization',
  title: 'Asking more of a token',
  note: 'A token seen before, as in the job before, with options that ask more of it.',
  algorithms: ['ES384'],
  cases: ({ algorithms }) =>
    algorithms.map((alg) => ({ alg, tenants: 2, keys: 1, tokens: 2, claims: CLAIMS, contenders: ['logto-authkit'] })),
  tables: (algorithms) =>
    algorithms.map((alg) => ({
      heading: `${alg}, time of a call`,
      unit: ' µs',
      isLessBetter: true,
      columns: Object.keys(ASKED).map((metric) => ({ label: LABELS[metric], alg, metric })),
    })),

  async measure({ contender, world, settings }) {
    const [token] = readTokens({ ...world.tokens, count: 1 })
    const steps = Object.entries(ASKED).map(([name, optionsFor]) => {
      const verify = contender.verifier(world.tenants[0], optionsFor(world.tenants))
      return [name, stepFor(token, verify)]
    })
    return takeTurns(Object.fromEntries(steps), settings)
  },
}
