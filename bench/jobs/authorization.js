'use strict'

const { pace } = require('../support/pace')
const { readTokens } = require('../support/tokens')

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

/** The columns take turns this often within one measurement, since they differ by less than a noisy second does. */
const TURNS = 40

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

  async measure({ contender, world, settings: { warmUpMs, measureMs } }) {
    const [token] = readTokens({ ...world.tokens, count: 1 })
    const bytes = Buffer.from(token)
    const columns = Object.entries(ASKED).map(([name, optionsFor]) => {
      const verify = contender.verifier(world.tenants[0], optionsFor(world.tenants))
      // A new string each time, as each request has its own.
      return { name, times: [], step: () => verify(bytes.latin1Slice()) }
    })
    for (const { step } of columns) await pace(step, { milliseconds: warmUpMs })
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (const { step, times } of columns) times.push(1e6 / (await pace(step, { milliseconds: measureMs / 10 })).rate)
    }
    return Object.fromEntries(columns.map(({ name, times }) => [name, quietQuartile(times)]))
  },
}

/** The time below which a quarter of the turns were: what disturbs a turn only makes it longer. */
function quietQuartile(times) {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 4)]
}
